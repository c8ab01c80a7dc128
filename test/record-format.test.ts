import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import schema from "../packages/core/schema.json" with { type: "json" };
import {
  parseRecord,
  recordSchema,
  type StepRecord,
  summarize,
  summaryToWire,
} from "../packages/core/src/index.ts";
import { masked } from "../scripts/lib/examples.mjs";
import { root } from "../scripts/lib/run.mjs";

const page = readFileSync(`${root}/docs/record-format.md`, "utf8").replaceAll("\r\n", "\n");

const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, body = ""]) => ({
  language,
  body,
}));
const log = blocks.map(({ language, body }) => (language === "jsonl" ? body : "")).join("");
const lines = log.trimEnd().split("\n");
const records = lines.map((line) => JSON.parse(line) as StepRecord);

interface Property {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly oneOf?: readonly { readonly $ref?: string }[];
  readonly items?: { readonly $ref: string };
}

interface Shape {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Property>>;
}

const shapes = { "": schema, ...schema.$defs } as Readonly<Record<string, Shape>>;

const types = schema.oneOf.map(({ $ref }) => nameOf($ref)).filter((name) => name !== "unknown");

// Which section has the keys of which part of the schema.
const sections: Readonly<Record<string, string>> = {
  "Keys of every record": "",
  ...Object.fromEntries(types.map((type) => [`\`${type}\``, type])),
  Agent: "agent",
  Runtime: "runtime",
  Cuts: "truncation",
  "Error context": "error",
  Frame: "frame",
  "Wire request": "request",
  "Wire response": "response",
  "Wire body": "body",
};

test.for(lines.map((line, index) => ({ line, type: records[index]?.type })))(
  "the $type of the examples is a valid record",
  ({ line }) => {
    const record = parseRecord(line);
    expect(record).toEqual(JSON.parse(line));
    expect(recordSchema["~standard"].validate(record)).toEqual({ value: record });
  },
);

test("the examples have each type at least once", () => {
  expect(new Set(records.map(({ type }) => type))).toEqual(new Set(types));
});

test("the summary in the example is that of the lines before it", () => {
  const at = records.findIndex(({ type }) => type === "run_end");
  const end = records[at];
  const status = end?.type === "run_end" ? end.status : null;
  const summary = summaryToWire({ ...summarize(records.slice(0, at)), status });
  expect(end).toMatchObject({ summary });
});

describe.each(Object.entries(sections))("the table of %s", (heading, name) => {
  const { properties = {}, required = [] } = shapes[name] ?? {};
  const rows = tableOf(heading);
  // `type` of a type is in the table of all.
  const own = Object.entries(properties).filter(([, property]) => !("const" in property));

  test("has the keys of schema.json, and no others", () => {
    expect(own.length).toBeGreaterThan(0);
    expect([...rows.keys()].toSorted()).toEqual(own.map(([key]) => key).toSorted());
  });

  test.for(own)("says of %s what schema.json says", ([key, property]) => {
    const [type, , , absent = ""] = rows.get(key) ?? [];
    expect(type).toBe(typeText(property));
    expect(absent.includes("missing"), "may be missing").toBe(!required.includes(key));
    if (type !== "any JSON") {
      expect(absent.includes("null"), "may be null").toBe(type?.endsWith(" or null"));
    }
  });
});

describe("what other tools read", () => {
  const folder = mkdtempSync(join(tmpdir(), "step-log-format-"));
  writeFileSync(join(folder, "agent-steps.jsonl"), log);
  afterAll(() => rmSync(folder, { recursive: true }));

  const commands = blocks.flatMap(({ language, body }, index) =>
    language === "sh" ? [{ tool: body.split(" ")[0] ?? "", body, next: blocks[index + 1] }] : [],
  );

  test.for(commands)("$tool prints what the page says", ({ tool, body, next }, { skip }) => {
    if (spawnSync(tool, ["--version"]).status !== 0) skip(`${tool} is not here`);
    const { status, stdout, stderr } = spawnSync("sh", ["-c", body], {
      cwd: folder,
      encoding: "utf8",
      timeout: 20_000,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(next?.language).toBe("text");
    expect(masked(stdout)).toBe(masked(next?.body ?? ""));
  });
});

/** The rows of the first table behind a heading, by their key: type, unit, meaning, null or missing. */
function tableOf(heading: string): Map<string, string[]> {
  const section = page.split(/^##+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const rows = [...section.matchAll(/^\| `(\w+)` +\|(.*)\|$/gm)];
  return new Map(
    rows.map(([, key = "", cells = ""]) => [key, cells.split("|").map((cell) => cell.trim())]),
  );
}

// What the page calls the parts of the schema.
const NAMES: Readonly<Record<string, string>> = {
  whole: "integer",
  wholeOrNull: "integer or null",
  milliseconds: "number or null",
  error: "[error context](#error-context)",
  errorOrNull: "[error context](#error-context) or null",
  agent: "[agent](#agent)",
  runtime: "[runtime](#runtime)",
  truncation: "[cuts](#cuts)",
  frame: "[frames](#frame)",
  request: "[request](#wire-request)",
  response: "[response](#wire-response)",
  bodyOrNull: "[body](#wire-body) or null",
};

/** What the page says of the type of a property. */
function typeText({ $ref, type, enum: texts, oneOf, items }: Property): string {
  if ($ref !== undefined) return NAMES[nameOf($ref)] ?? $ref;
  if (items !== undefined) return `list of ${NAMES[nameOf(items.$ref)]}`;
  const part = oneOf?.find((one) => one.$ref !== undefined)?.$ref;
  if (part !== undefined) return `${NAMES[nameOf(part)]} or null`;
  if (texts !== undefined) {
    const all = texts.map((text) => `\`${text}\``);
    return `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
  }
  if (type === "object") return "object of strings";
  return type === undefined ? "any JSON" : [type].flat().join(" or ");
}

function nameOf(ref: string): string {
  return ref.replace("#/$defs/", "");
}
