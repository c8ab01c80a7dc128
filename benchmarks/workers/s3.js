// @ts-check
// One measurement in a process of its own: records on their way to a bucket, and back.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { lightS3, REFUSALS } from "@step-log/s3-servers";
import { s3Sink, s3Source } from "@step-log/s3-sink";
import { report } from "./task.js";

/**
 * @typedef {object} S3Task
 * @property {string} what
 * @property {string} endpoint
 * @property {string} prefix
 * @property {number} records
 * @property {number} outageMs
 */

/** @type {S3Task} */
const { what, endpoint, prefix, records, outageMs } = JSON.parse(process.argv[2] ?? "{}");

const runId = "run-abc123";
const access = {
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "testkey", secretAccessKey: "testsecret1234567890" },
};
const PART_BYTES = 1024 * 1024;
const MAX_BUFFER_BYTES = 32 * 1024 * 1024;
// The first step has as many digits as the last, so that a line can be changed in place.
const FIRST_STEP = 100_000_001;

// Lines of some 1,250 B of phrases that come again, so that gzip takes as long over them and makes them
// as small as the sessions of a coding agent: 7 ms a MB and 4.1 at level 1.
let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};
const words = Array.from({ length: 3_000 }, (_, i) => ((i * 7_919) ** 2 % 60_466_176).toString(36));
const phrases = Array.from({ length: 750 }, () =>
  Array.from({ length: 8 }, () => words[Math.floor(random() ** 2 * words.length)]).join(" "),
);
const phrase = () => phrases[Math.floor(random() * phrases.length)];
const head = `{"run_id":"${runId}","step":`;
const templates = Array.from({ length: 2_000 }, () => {
  const text = Array.from({ length: 60 }, phrase).join(" ").slice(0, 1_120);
  return Buffer.from(
    `${head}${FIRST_STEP},"type":"event","ts":1748107200.123,"name":"load","data":"${text}"}\n`,
  );
});

/** The line of record `i`, in memory that the next line of its template will have. */
function line(/** @type {number} */ i) {
  const bytes = /** @type {Buffer} */ (templates[i % templates.length]);
  bytes.write(String(FIRST_STEP + i), head.length);
  return bytes;
}

/** An entry as core makes them: its text and its record are there when they are asked for. */
class Line {
  runId = runId;
  /** @param {number} i */
  constructor(i) {
    this.step = FIRST_STEP + i;
    this.bytes = line(i);
  }
  get line() {
    return this.bytes.toString();
  }
  get record() {
    return JSON.parse(this.line);
  }
}

/** @param {import("@step-log/s3-sink").S3SinkOptions} options */
const open = (options = {}) => s3Sink(`s3://logs/${prefix}/`, { ...access, ...options });

/** The SDK is loaded and the compiler's work done before the clock runs. */
async function warmUp() {
  const sink = s3Sink(`s3://logs/${prefix}-warm-up/`, access);
  for (let i = 0; i < 5_000; i++) sink.write(new Line(i));
  await sink.close();
}

/**
 * Runs the clock over `work`.
 *
 * @param {() => Promise<Record<string, number>>} work
 */
async function clocked(work) {
  const rssBefore = process.memoryUsage.rss();
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    perSecond: records / seconds,
    cpuMicros: (user + system) / records,
    growthMb: Math.max(0, process.resourceUsage().maxRSS / 1_024 - rssBefore / 2 ** 20),
    ...result,
  };
}

/** @param {import("@step-log/s3-sink").S3SinkOptions} options */
async function flood(options = {}) {
  await warmUp();
  return clocked(async () => {
    const sink = open({ maxBufferBytes: MAX_BUFFER_BYTES, ...options });
    let buffered = 0;
    for (let i = 0; i < records; i++) {
      sink.write(new Line(i));
      if (i % 100 !== 99) continue;
      buffered = Math.max(buffered, sink.stats().bufferedBytes);
      await sink.ready();
      await turn();
    }
    await sink.close();
    const { puts, parts, written } = sink.stats();
    if (written !== records) throw new Error(`${written} of ${records} were stored`);
    return {
      putsPerThousand: (puts / records) * 1_000,
      putsPerPart: puts / parts,
      bufferShare: buffered / MAX_BUFFER_BYTES,
    };
  });
}

/** @param {number} atOnce */
async function objects(atOnce) {
  await warmUp();
  const client = new S3Client({ ...access, forcePathStyle: true });
  return clocked(async () => {
    let next = 0;
    const worker = async () => {
      for (let i = next++; i < records; i = next++) {
        const Body = Buffer.from(line(i));
        const Key = `${prefix}/${i}.json`;
        await client.send(new PutObjectCommand({ Bucket: "logs", Key, Body }));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { putsPerThousand: 1_000 };
  });
}

/** @type {Record<string, () => Promise<Record<string, number>>>} */
const WORK = {
  objects: () => objects(1),

  "objects at once": () => objects(8),

  async gzip() {
    const packed = promisify(gzip);
    return clocked(async () => {
      let part = Buffer.alloc(PART_BYTES);
      let size = 0;
      /** @type {Set<Promise<unknown>>} */
      const running = new Set();
      for (let i = 0; i < records; i++) {
        const bytes = line(i);
        if (size + bytes.length > PART_BYTES) {
          const job = packed(part.subarray(0, size), /** @type {any} */ ({ level: 1 }));
          running.add(job.finally(() => running.delete(job)));
          if (running.size > 1) await Promise.race(running);
          part = Buffer.allocUnsafeSlow(PART_BYTES);
          size = 0;
        }
        part.set(bytes, size);
        size += bytes.length;
      }
      await packed(part.subarray(0, size), /** @type {any} */ ({ level: 1 }));
      await Promise.all(running);
      return {};
    });
  },

  sink: () => flood(),

  async spool() {
    const spoolDir = mkdtempSync(join(tmpdir(), "step-log-bench-spool-"));
    const result = await flood({ spoolDir, ack: "s3" });
    rmSync(spoolDir, { recursive: true, force: true });
    return result;
  },

  // One at a time, so that every second one of each part is hit.
  faults: () => flood({ partBytes: 64 * 1024, maxConcurrency: 1, onError: () => {} }),

  async outage() {
    const server = await lightS3();
    const sink = s3Sink("s3://logs/", { ...access, endpoint: server.url, onError: () => {} });
    server.refuse = () => REFUSALS.slowDown;
    const end = performance.now() + outageMs;
    let count = 0;
    while (performance.now() < end) {
      for (let i = 0; i < 5; i++) sink.write(new Line(count++));
      await sleep(10);
    }
    server.refuse = undefined;
    const startedAt = performance.now();
    // Without a flush, which would try at once.
    while ((sink.stats().parts ?? 0) > server.keys().length) await sleep(1);
    const drainShare = (performance.now() - startedAt) / outageMs;
    await sink.close();
    const { written } = sink.stats();
    if (written !== count) throw new Error(`${written} of ${count} were stored`);
    await server.close();
    return { drainShare };
  },

  async read() {
    const sink = open();
    for (let i = 0; i < records; i++) {
      sink.write(new Line(i));
      if (i % 100 === 99) await sink.ready();
    }
    await sink.close();
    const source = s3Source(`s3://logs/${prefix}/`, access);
    return clocked(async () => {
      let step = FIRST_STEP;
      for await (const item of source.read(runId)) {
        if (item.type === "bad_line" || item.step !== step++)
          throw new Error(`not step ${step - 1}`);
      }
      if (step !== FIRST_STEP + records) throw new Error(`${step - FIRST_STEP} of ${records} read`);
      return {};
    });
  },
};

setInterval(() => {}, 60_000);
report((await WORK[what]?.()) ?? {});
