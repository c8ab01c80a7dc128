import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LlmCallRecord, RunEndRecord, StepRecord, ToolCallRecord } from "@step-log/core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { demo } from "../demo.js";
import { scriptedTurns } from "../scripted-turns.js";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
// Escapes, a title and a link for the terminal, C1, bidi, a line end: what a stranger could write.
const HOSTILE = "\x1b[31mred\x1b]0;title\x07\x9b2J\x7f\u202egnp\u2066\r";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "step-log-demo-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface RunOptions {
  root?: string;
  columns?: number;
  color?: boolean;
  env?: Record<string, string>;
}

async function run(options: RunOptions = {}) {
  const { root = repository, columns = 80, color = false } = options;
  const { env = { STEP_LOG_DEMO_OFFLINE: "1", ANTHROPIC_API_KEY: "not used" } } = options;
  const logDir = `${await mkdtemp(join(folder, "logs-"))}/`;
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  const exitCode = await demo({ root, logDir, env, print, columns, color });
  const [file = ""] = await readdir(logDir);
  const text = await readFile(join(logDir, file), "utf8");
  const records: StepRecord[] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { exitCode, records, printed: printed.join("\n") };
}

describe("the demo", () => {
  let outcome: Awaited<ReturnType<typeof run>>;

  beforeAll(async () => {
    outcome = await run();
  });

  const llmCalls = () =>
    outcome.records.filter((record): record is LlmCallRecord => record.type === "llm_call");
  const toolCalls = () =>
    outcome.records.filter((record): record is ToolCallRecord => record.type === "tool_call");

  test("ends well and leaves a whole run in the file", () => {
    expect(outcome.exitCode).toBe(0);
    expect(outcome.records.at(0)).toMatchObject({
      type: "run_start",
      step: 0,
      environment: "demo",
    });
    expect(outcome.records.at(-1)).toMatchObject({ type: "run_end", status: "ok" });
    expect(llmCalls().map((record) => record.stop_reason)).toEqual([
      "tool_use",
      "tool_use",
      "tool_use",
      "end_turn",
    ]);
  });

  test("counts the tokens that the model's script names, cached ones as part of the input", () => {
    const sum = (pick: (usage: (typeof scriptedTurns)[number]["usage"]) => number) =>
      scriptedTurns.reduce((total, { usage }) => total + pick(usage), 0);
    const cacheRead = sum((usage) => usage.cache_read_input_tokens);
    const cacheWrite = sum((usage) => usage.cache_creation_input_tokens);
    const { summary } = outcome.records.at(-1) as RunEndRecord;
    expect(summary).toMatchObject({
      tokens: {
        input: sum((usage) => usage.input_tokens) + cacheRead + cacheWrite,
        output: sum((usage) => usage.output_tokens),
        cache_read: cacheRead,
        cache_write: cacheWrite,
      },
    });
  });

  test("records the tool call that failed, with the place in the demo's own code, and goes on", () => {
    const failed = toolCalls().filter((record) => record.error !== null);
    expect(failed).toHaveLength(1);
    const [call] = failed;
    expect(call?.tool).toBe("read_file");
    expect(call?.error_context?.frames[0]?.file).toMatch(/examples[\\/]demo[\\/]tools\.js$/);
    expect(call?.error_context?.cause?.code).toBe("ENOENT");
    expect(toolCalls().at(-1)?.error).toBeNull();
  });

  test("names for each tool call the model call that asked for it", () => {
    const parents = new Set(toolCalls().map((record) => record.parent_step));
    expect([...parents]).toEqual(
      llmCalls()
        .slice(0, -1)
        .map((record) => record.step),
    );
    expect(toolCalls().every((record) => record.tool_call_id?.startsWith("toolu_"))).toBe(true);
  });

  test("answers with a line that stands in the source", async () => {
    const [, file = "", line = "", text = ""] =
      /^ {2}(\S+) decides it, in line (\d+):\n\n {6}(.+)$/m.exec(outcome.printed) ?? [];
    const source = (await readFile(join(repository, file), "utf8")).split("\n");
    expect(source[Number(line) - 1]?.trim()).toBe(text);
    expect(text).toContain("JSON.stringify(");
  });

  test("ends with what the step-log command says of it: sums, percentiles, the error and its step", () => {
    const [, summarize = "", stats = "", errors = "", replay = ""] =
      outcome.printed.split(/^\$ step-log .*$/m);
    const failed = toolCalls().find((record) => record.error !== null);
    expect(summarize).toMatch(/^ {2}errors +1$/m);
    expect(stats).toMatch(/^ {2}read_file +2 +1 \(50 %\)/m);
    expect(errors).toContain(`--step ${failed?.step}`);
    expect(replay).toMatch(new RegExp(`^ {2}step +${failed?.step} tool read_file$`, "m"));
  });

  test("shows each step in the table", () => {
    const table = outcome.printed.slice(outcome.printed.indexOf("The log,"));
    for (const { type, step } of outcome.records) {
      if (type === "step_start") continue;
      expect(table).toMatch(new RegExp(`^ +${step} ${type} `, "m"));
    }
  });
});

test.each([60, 80, 120])("fits %i columns, but for the commands to copy", async (columns) => {
  const { printed } = await run({ columns });
  const commands = printed.indexOf("Try next");
  for (const line of printed.slice(0, commands).split("\n")) {
    // Paths in frames and commands are for copying.
    if (/^The log, |^\$ | (?:at|step-log|caused by) /.test(line)) continue;
    expect(line.length, line).toBeLessThanOrEqual(columns);
  }
});

// Windows has no such names.
test.skipIf(process.platform === "win32")(
  "a hostile file in the source reaches the terminal as visible text only",
  async () => {
    const root = await mkdtemp(join(folder, "hostile-"));
    const source = join(root, "packages/core/src");
    await mkdir(source, { recursive: true });
    await writeFile(
      join(source, `line${HOSTILE}.ts`),
      `JSON.stringify(${HOSTILE})\nCircular ${HOSTILE}`,
    );

    const { exitCode, printed, records } = await run({ root });

    expect(exitCode).toBe(0);
    expect(JSON.stringify(records)).toContain("title");
    expect(printed).toContain("\\u{1b}]0;title");
    expect(printed).not.toMatch(/[^\P{C}\n]/u);
  },
);

test("colours add escapes of their own and change nothing else", async () => {
  const { printed } = await run({ color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is tested
  const plain = printed.replace(/\x1b\[\d+m/g, "");
  expect(printed).not.toBe(plain);
  expect(plain).not.toContain("\x1b");
});

test("says why, exits with 1 and keeps the log when the API refuses the key", async () => {
  const server = createServer((_, response) => {
    const error = { type: "authentication_error", message: "API key is invalid." };
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ type: "error", error }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("ANTHROPIC_BASE_URL", `http://127.0.0.1:${port}`);
  try {
    const { exitCode, printed, records } = await run({ env: { ANTHROPIC_API_KEY: "wrong" } });
    expect(exitCode).toBe(1);
    expect(printed.replaceAll(/\s+/g, " ")).toContain("API key is invalid.");
    expect(records.at(-1)).toMatchObject({ type: "run_end", status: "error" });
  } finally {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  }
});
