import { type LlmCallRecord, memorySink, StepLog, type WireCallRecord } from "@step-log/core";
import { createTap } from "../src/create-tap.ts";
import type { TapStats } from "../src/tap.ts";
import { chunked } from "./serve.ts";

/** What a consumer got through a tap, and what was recorded. */
export interface Through {
  readonly got: Uint8Array;
  readonly stats: TapStats;
  readonly call: LlmCallRecord | undefined;
  readonly wire: WireCallRecord | undefined;
}

/** What is sent through a tap, and what answers. */
export interface Answer {
  readonly type: string;
  /** Of the chunks of the response, in bytes. */
  readonly size: number;
  readonly status?: number;
  readonly headers?: readonly Pair[];
  readonly method?: string;
  readonly body?: string | null;
  readonly requestHeaders?: readonly Pair[];
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

/** Sends a request through a tap to something that answers with these bytes. */
export async function through(url: string, bytes: Uint8Array, answer: Answer): Promise<Through> {
  const { method = "POST", body = "{}", headers = [], requestHeaders = [] } = answer;
  const sink = memorySink();
  const tap = createTap({ sink, fetch: chunked(bytes, { ...answer, headers: pairs(headers) }) });
  tap.recordInto(new StepLog({ sink, run: false }));
  const response = await tap.fetch(url, { method, body, headers: pairs(requestHeaders) });
  const got = new Uint8Array(await response.arrayBuffer());
  await tap.flush();
  const records = sink.records();
  return {
    got,
    stats: tap.stats(),
    call: records.find((it): it is LlmCallRecord => it.type === "llm_call"),
    wire: records.find((it): it is WireCallRecord => it.type === "wire_call"),
  };
}

function pairs(headers: readonly Pair[]): [string, string][] {
  // Of HTTP/2 some have a name that only it allows.
  return headers
    .filter(({ name }) => !name.startsWith(":"))
    .map(({ name, value }) => [name, value]);
}
