import {
  cephRgw,
  cephRgwMissing,
  lightS3,
  type S3Server,
  swift,
  swiftMissing,
} from "@step-log/s3-servers";

/** A server that the same tests are run against. */
export interface ServerUnderTest {
  readonly name: string;
  /** Why it cannot be started here, and how it can. */
  readonly missing?: string | undefined;
  start(): Promise<S3Server>;
}

export const LIGHT: ServerUnderTest = { name: "light", start: () => lightS3() };
export const CEPH: ServerUnderTest = {
  name: "Ceph RGW",
  missing: cephRgwMissing(),
  start: cephRgw,
};
export const SWIFT: ServerUnderTest = { name: "Swift", missing: swiftMissing(), start: swift };
