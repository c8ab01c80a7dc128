import type { StandardSchemaV1 } from "@standard-schema/spec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StepRecord } from "../../src/record.ts";
import { recordSchema } from "../../src/schema/record-schema.ts";
import { mutatedRecord } from "./records.ts";

const event = { run_id: "run-1", step: 1, type: "event", name: "n", data: null, ts: 1 };

describe("recordSchema", () => {
  it("is a Standard Schema of a StepRecord", async () => {
    const standard: StandardSchemaV1<StepRecord> = recordSchema;
    const output: StandardSchemaV1.InferOutput<typeof recordSchema> = event as StepRecord;
    const result = await standard["~standard"].validate(output);
    expect(result).toEqual({ value: event });
    expect(standard["~standard"]).toMatchObject({ version: 1, vendor: "step-log" });
  });

  it("gives back the very object", () => {
    const result = recordSchema["~standard"].validate(event);
    expect("value" in result && result.value).toBe(event);
  });

  it("names the path of each issue", () => {
    const context = {
      type: "Error",
      message: "boom",
      code: 5,
      frames: [{ function: null, file: "a.ts", line: 1, column: 1 }, { file: 7 }],
      cause: { type: "Error" },
    };
    const record = { ...event, type: "run_end", status: "fine", error: null, summary: {} };
    const result = recordSchema["~standard"].validate({ ...record, error_context: context });
    expect(result.issues?.map(({ path }) => path.join("."))).toEqual([
      "status",
      "error_context.code",
      "error_context.frames.1.function",
      "error_context.frames.1.file",
      "error_context.frames.1.line",
      "error_context.frames.1.column",
      "error_context.cause.message",
      "error_context.cause.code",
      "error_context.cause.frames",
      "error_context.cause.cause",
    ]);
  });

  it("has a path that leads to what is wrong, and a message that begins with it", () => {
    fc.assert(
      fc.property(mutatedRecord, (record) => {
        for (const { path, message } of recordSchema["~standard"].validate(record).issues ?? []) {
          let value = record as Record<string | number, unknown> | undefined;
          for (const key of path.slice(0, -1)) value = value?.[key] as typeof value;
          expect(value).toBeTypeOf("object");
          expect(message.startsWith(`${path.join(".") || "record"}: `)).toBe(true);
        }
      }),
    );
  });
});
