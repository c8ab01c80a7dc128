import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { redactor } from "../../src/redact/redactor.ts";

const folder = fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
const { keyKind, named, text } = redactor();

/** Every string in the files, by file: the values and keys of JSON, of JSON lines, else the lines. */
function* strings(file: string): Generator<string> {
  const bytes = readFileSync(file);
  const content = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const whole = parsed(content);
  if (whole !== undefined) return yield* inside(whole);
  for (const line of content.split("\n")) yield* inside(parsed(line) ?? line);
}

function* inside(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    yield key;
    yield* inside(child);
  }
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

describe.skipIf(!existsSync(folder))("real logs of agents (skipped without ../shared/data)", () => {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

  it("hold one secret, the signature of a signed URL, and nothing else is replaced", () => {
    const changed: string[] = [];
    let count = 0;
    for (const file of files) {
      for (const string of strings(file)) {
        count++;
        const redacted = text(string);
        if (redacted !== string) changed.push(redacted);
      }
    }
    expect(count).toBeGreaterThan(100_000);
    expect(changed).toHaveLength(1);
    expect(changed[0]?.match(/.{5}\[REDACTED:.*?\]/g)).toEqual(["&sig=[REDACTED:named]"]);
  });

  it("have no key whose text value would be replaced for its name", () => {
    const replaced = new Set<string>();
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, child] of Object.entries(value)) {
        const kind = keyKind(key);
        if (
          (kind === 1 || kind === 2) &&
          typeof child === "string" &&
          named(kind, child) !== child
        ) {
          replaced.add(key);
        }
        visit(child);
      }
    };
    for (const file of files.filter((name) => /\.(?:json|jsonl|har|traj)$/.test(name))) {
      const content = readFileSync(file, "utf8");
      for (const part of parsed(content) === undefined ? content.split("\n") : [content]) {
        visit(parsed(part));
      }
    }
    expect([...replaced]).toEqual([]);
  });

  it("have encrypted blobs, which stay as they are, with the like of a key in them, too", () => {
    const file = files.find((name) => name.includes("openai-compaction.1.")) ?? "";
    const blob = [...strings(file)].reduce((a, b) => (/\s/.test(b) || a.length > b.length ? a : b));
    expect(blob.length).toBeGreaterThan(10_000);
    expect(text(blob) === blob).toBe(true);
    const longer = blob.replace(/(?<=^.{999}\w)/, `sk-${"q7Rz2LmX9vTb4KdW".repeat(3)}`);
    expect(longer).not.toBe(blob);
    expect(text(longer) === longer).toBe(true);
  });
});
