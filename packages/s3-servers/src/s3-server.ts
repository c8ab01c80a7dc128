/** A server that speaks S3, on loopback. */
export interface S3Server {
  /** Short name, for the names of tests. */
  readonly name: string;
  /** `http://127.0.0.1:7480` */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  close(): Promise<void>;
}
