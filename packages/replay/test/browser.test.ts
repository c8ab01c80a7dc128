import { createContext, runInContext } from "node:vm";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";

test("all but snapshots runs in a browser", async () => {
  const contents = `
    import { diff, Replay, replayTools } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).pathname)};
    const records = [{ run_id: "r", step: 1, type: "tool_call", tool: "t", input: 1, output: 2, error: null, duration_ms: 1, ts: 1 }];
    const run = Replay.of(records);
    globalThis.done = replayTools(run).call("t", 1).then((output) => [output, diff(run, run).same]);`;
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: import.meta.dirname },
    conditions: ["@step-log/source"],
    bundle: true,
    format: "iife",
    platform: "browser", // an import of a `node:` module would fail
    write: false,
    logOverride: { "empty-import-meta": "silent" },
  });
  const web = { crypto, performance, setTimeout, clearTimeout, structuredClone, TextEncoder, URL };
  const context = createContext({
    ...web,
    AbortController,
    AbortSignal,
    TextDecoder,
    queueMicrotask,
  });
  runInContext(outputFiles[0]?.text ?? "", context);
  expect(JSON.stringify(await context["done"])).toBe("[2,true]");
});
