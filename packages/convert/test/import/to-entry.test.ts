import { memorySink } from "@step-log/core";
import { expect, test } from "vitest";
import { toEntry } from "../../src/index.ts";
import { collect, lines } from "../support/collect.ts";

test("what was imported goes into any sink, with the times that it had", async () => {
  const call = { id: "c1", function: { name: "add", arguments: "{}" } };
  const messages = [
    { role: "assistant", content: "\ud800 \u2028", tool_calls: [call] },
    { role: "tool", tool_call_id: "c1", content: "1" },
  ];
  const { records } = await collect(lines(messages), { unknownTs: 1_748_107_200 });
  const sink = memorySink();
  for (const record of records) sink.write(toEntry(record));
  const stored = sink.records();
  expect(stored.map(({ run_id, step, type, ts }) => [run_id, step, type, ts])).toEqual(
    records.map(({ run_id, step, type, ts }) => [run_id, step, type, ts]),
  );
  expect(stored.every((it) => it.ts === 1_748_107_200)).toBe(true);
  expect(sink.records()).toHaveLength(4);
});
