import { expect, test } from "vitest";
import { collect, lines } from "../support/collect.ts";

test("of values before the first that is known, the last thousand are kept and the others counted", async () => {
  const strange = Array.from({ length: 1_200 }, (_, i) => ({ strange: i }));
  const known = { type: "session", id: "p1", cwd: "/", timestamp: "2025-11-20T23:33:50.000Z" };
  const { records, bad } = await collect(lines(...strange, known));
  expect(bad.map(({ reason }) => reason)).toEqual(["200 values of no known format"]);
  const kept = records.filter((it) => it.type === "event" && it.name === "line");
  expect(kept).toHaveLength(1_000);
});
