import type { Entry, StepLogError } from "@step-log/core";
import {
  type FaultPlan,
  type FaultProxy,
  faultProxy,
  type LightS3,
  type LightS3Options,
  lightS3,
} from "@step-log/s3-servers";
import { testEntry } from "@step-log/sink-testkit";
import { afterAll, expect } from "vitest";
import { type S3Sink, type S3SinkOptions, s3Sink } from "../src/index.ts";
import { linesIn } from "./lines-in.ts";

/** A server, and a proxy before it. */
export interface Rig {
  readonly server: LightS3;
  readonly proxy: FaultProxy;
  /** What the sinks of this rig told. */
  readonly told: StepLogError[];
  /** A sink that writes to `s3://logs/<prefix>` through the proxy. */
  sink(options?: S3SinkOptions, prefix?: string): S3Sink;
  /** How often what has been asked for. */
  count(method: string, status?: number): number;
  /** Fails unless the bucket holds these entries, each once, those of a run in their order. */
  expectStored(entries: readonly Entry[]): void;
}

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

/** Starts a server and a proxy; both end after the last test of the file. */
export async function rig(plan?: FaultPlan, options?: LightS3Options): Promise<Rig> {
  const server = await lightS3(options);
  const proxy = await faultProxy(server.url, plan);
  const told: StepLogError[] = [];
  closers.push(proxy.close, server.close);
  return {
    server,
    proxy,
    told,
    sink: (options, prefix = "") =>
      s3Sink(`s3://logs/${prefix}`, {
        endpoint: proxy.url,
        region: "us-east-1",
        credentials: { accessKeyId: "testkey", secretAccessKey: "testsecret1234567890" },
        onError: (error) => void told.push(error),
        ...options,
      }),
    count: (method, status) =>
      server.requests.filter((it) => it.method === method && (status ?? it.status) === it.status)
        .length,
    expectStored(entries) {
      const stored = linesIn(server);
      expect({
        lost: missing(entries, stored),
        duplicated: stored.length - new Set(stored).size,
      }).toEqual({
        lost: 0,
        duplicated: 0,
      });
      expect(stored.length).toBe(entries.length);
      expect(byRun(stored)).toEqual(byRun(entries.map(({ line }) => line)));
    },
  };
}

/** So many entries of a run, of 1 kB each. */
export function run(runId: string, count: number, firstStep = 1): Entry[] {
  return Array.from({ length: count }, (_, i) =>
    testEntry({ runId, step: firstStep + i, record: { data: "x".repeat(800) } }),
  );
}

function missing(entries: readonly Entry[], stored: readonly string[]): number {
  const there = new Set(stored);
  return entries.filter(({ line }) => !there.has(line)).length;
}

function byRun(lines: readonly string[]): Record<string, readonly number[]> {
  const steps: Record<string, number[]> = {};
  for (const line of lines) {
    const { run_id, step } = JSON.parse(line) as { run_id: string; step: number };
    steps[run_id] ??= [];
    steps[run_id].push(step);
  }
  return steps;
}
