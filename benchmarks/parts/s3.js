// @ts-check
import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { cephRgw, cephRgwMissing, everyNth, faultProxy, lightS3 } from "@step-log/s3-servers";
import { interleaved, measure } from "../lib/measure.js";

const RECORDS = 100_000;
const QUICK_RECORDS = 4_000;
const OUTAGE_MS = 60_000;
const QUICK_OUTAGE_MS = 2_000;

const OBJECTS = "an object a record";
const GZIP = "gzip of 1 MiB alone, level 1";
const SINK = "step-log";
const FAULTS = "step-log, every second PUT fails";

/** @type {Record<string, { what: string, share?: number }>} */
const ROWS = {
  [OBJECTS]: { what: "objects", share: 0.01 },
  "an object a record, 8 at once": { what: "objects at once", share: 0.01 },
  [GZIP]: { what: "gzip" },
  [SINK]: { what: "sink" },
  "step-log, spool": { what: "spool" },
  [FAULTS]: { what: "faults", share: 0.1 },
  "step-log, after an outage": { what: "outage" },
  "step-log, read and merge": { what: "read" },
};

/**
 * What it takes to get records into a bucket, on a server of S3 in a process of its own, and back.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function s3({ runs, quick }) {
  const missing = cephRgwMissing();
  const server = missing === undefined ? await cephRgw() : await lightS3();
  await createBucket(server);
  const proxy = await faultProxy(server.url, everyNth(2, "reset-after-store"));
  const results = await interleaved(Object.keys(ROWS), runs, async (name) => {
    const { what, share = 1 } = ROWS[name] ?? { what: "" };
    return measure("s3", {
      what,
      endpoint: name === FAULTS ? proxy.url : server.url,
      prefix: randomUUID(),
      records: (quick ? QUICK_RECORDS : RECORDS) * share,
      outageMs: quick ? QUICK_OUTAGE_MS : OUTAGE_MS,
    });
  });
  await proxy.close();
  await server.close();
  return {
    title: "To a bucket",
    note: `Lines of 1,250 B, made before. The server is ${missing === undefined ? "Ceph's gateway" : "the light one, in memory"}, on the same machine; for the outage the light one. Drain: how long after an outage of 60 s all is stored, as a share of it.`,
    columns: [
      { name: "records/s", key: "perSecond" },
      { name: "x an object each", key: "perSecond", of: OBJECTS },
      { name: "x step-log", key: "perSecond", of: SINK },
      { name: "PUTs/1,000", key: "putsPerThousand" },
      { name: "PUTs/part", key: "putsPerPart" },
      { name: "CPU µs/record", key: "cpuMicros" },
      { name: "CPU x gzip", key: "cpuMicros", of: GZIP },
      { name: "peak buffer x max", key: "bufferShare" },
      { name: "RSS growth MB", key: "growthMb" },
      { name: "drain", key: "drainShare" },
    ],
    results,
  };
}

/** @param {import("@step-log/s3-servers").S3Server} server */
async function createBucket({ url, accessKeyId, secretAccessKey }) {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({
    endpoint: url,
    region: "us-east-1",
    forcePathStyle: true,
    credentials,
  });
  await client.send(new CreateBucketCommand({ Bucket: "logs" }));
  client.destroy();
}
