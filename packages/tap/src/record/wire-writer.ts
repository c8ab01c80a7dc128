import { type Sink, toLine, type WireCallRecord } from "@step-log/core";
import type { Exchange } from "../capture/exchange.ts";
import { numbering } from "./numbering.ts";
import type { Scrubber } from "./scrubber.ts";
import { wireRecord } from "./wire-record.ts";

/** What a `wireWriter` is made of. */
export interface WireWriterOptions {
  readonly sink: Sink | undefined;
  readonly maxBodyBytes: number;
  readonly scrub: Scrubber;
  /** The user's own last word on a record. */
  readonly redact: ((record: WireCallRecord) => WireCallRecord) | undefined;
  /** The run of what belongs to none. */
  readonly ownRunId: string;
}

/** A record that was made. */
export interface WrittenCall {
  readonly record: WireCallRecord;
  /** Size of its line in bytes. */
  readonly bytes: number;
}

/** Makes exchanges into records and hands them to the sink; throws what the sink throws. */
export function wireWriter(options: WireWriterOptions): (exchange: Exchange) => WrittenCall {
  const { sink, maxBodyBytes, scrub, redact, ownRunId } = options;
  const identify = numbering();

  return (exchange) => {
    const identity = identify((exchange.link.runId ?? ownRunId).toWellFormed());
    const whole = wireRecord(exchange, identity, maxBodyBytes, scrub);
    // Who and when stay as they were, whatever the user's function makes of the rest.
    const { ts, type } = whole;
    const mine = redact === undefined ? whole : { ...edited(redact, whole), ...identity, type, ts };
    const line = toLine(mine);
    // As it stands in the log, where that is not the same.
    const record: WireCallRecord = line.repaired ? JSON.parse(line.text) : mine;
    sink?.write({ runId: record.run_id, step: record.step, record, line: line.text });
    return { record, bytes: line.bytes };
  };
}

function edited(
  redact: (record: WireCallRecord) => unknown,
  whole: WireCallRecord,
): WireCallRecord {
  const result = redact(whole);
  if (typeof result !== "object" || result === null) throw new TypeError("redact gave no record");
  return result as WireCallRecord;
}
