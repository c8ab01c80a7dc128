import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { condition, FIELDS } from "../../src/search/condition.ts";

const record = {
  run_id: "r",
  step: 2,
  type: "tool_call",
  ts: 5,
  tool: "12",
  input: { query: "Q3" },
  output: null,
  error: "it timed out",
  duration_ms: 1500,
} as const;
const holds = (text: string) => condition(text)(record);

test("figures, texts, null, and what lies within are compared", () => {
  for (const text of [
    "duration_ms>1000",
    "duration_ms >= 1500",
    "duration_ms<1e4",
    "error!=null",
    "output=null",
    "attempt=null",
    "tool=12",
    "tool==12",
    "input.query=Q3",
    'input.query="Q3"',
    "error~timed",
    "error!~refused",
    "type=tool_call",
    "input~quer",
  ]) {
    expect([text, holds(text)]).toEqual([text, true]);
  }
  for (const text of ["duration_ms>1500", "output>1", "output<1", "error=null", "input.x!=null"]) {
    expect([text, holds(text)]).toEqual([text, false]);
  }
});

test("a mistyped field gets the nearest, and what is no condition is said", () => {
  expect(() => condition("durtion_ms>1")).toThrow("no field durtion_ms; did you mean duration_ms?");
  expect(() => condition("duration>1")).toThrow("did you mean duration_ms?");
  expect(() => condition("duration_ms")).toThrow("--where duration_ms is no condition: write");
  expect(() => condition("__proto__.x=1")).toThrow("no field __proto__");
});

test("all fields of the format can be asked for", () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../../core/schema.json", import.meta.url), "utf8"),
  );
  const found = new Set<string>();
  const collect = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties } = node as { properties?: object };
    if (properties !== undefined && "run_id" in { run_id: 1, ...properties }) {
      for (const name of Object.keys(properties)) found.add(name);
    }
  };
  collect(schema);
  for (const key of ["allOf", "oneOf", "anyOf"]) for (const it of schema[key] ?? []) collect(it);
  for (const it of Object.values(schema.$defs ?? {})) {
    const { properties } = it as { properties?: { type?: { const?: string } } };
    if (properties?.type?.const !== undefined) collect(it);
  }
  expect(found.size).toBeGreaterThan(10);
  expect([...found].filter((name) => !FIELDS.includes(name))).toEqual([]);
});
