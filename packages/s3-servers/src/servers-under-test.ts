import { type CephRgw, cephRgw, cephRgwMissing } from "./ceph-rgw.ts";
import { lightS3 } from "./light-s3.ts";
import type { S3Server } from "./s3-server.ts";
import { swift, swiftMissing } from "./swift.ts";

/** A server that tests are run against. */
export interface ServerUnderTest<S extends S3Server = S3Server> {
  readonly name: string;
  /** Why it cannot be started here, and how it can. */
  readonly missing?: string | undefined;
  start(): Promise<S>;
}

/** The server in this process. */
export const LIGHT: ServerUnderTest = { name: "light", start: () => lightS3() };

/** Ceph's gateway. */
export const CEPH: ServerUnderTest<CephRgw> = {
  name: "Ceph RGW",
  missing: cephRgwMissing(),
  start: cephRgw,
};

/** OpenStack Swift. */
export const SWIFT: ServerUnderTest = { name: "Swift", missing: swiftMissing(), start: swift };
