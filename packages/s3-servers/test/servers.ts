import {
  cephRgw,
  cephRgwMissing,
  lightS3,
  type S3Server,
  swift,
  swiftMissing,
} from "../src/index.ts";

/** A server that the cases are run against. */
interface ServerUnderTest {
  readonly name: string;
  /** Why it cannot be started here, and how it can. */
  readonly missing?: string | undefined;
  start(): Promise<S3Server>;
  readonly lacks?: readonly ("conditions" | "streams")[];
}

export const servers: readonly ServerUnderTest[] = [
  { name: "light", start: () => lightS3() },
  { name: "Ceph RGW", missing: cephRgwMissing(), start: cephRgw, lacks: ["streams"] },
  { name: "Swift", missing: swiftMissing(), start: swift, lacks: ["conditions", "streams"] },
];
