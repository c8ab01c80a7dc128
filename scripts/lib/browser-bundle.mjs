// @ts-check
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";

const SCRIPT = `
  import { memorySink, StepLog } from "@step-log/core";
  const sink = memorySink();
  const log = new StepLog({ runId: "run-browser", sink });
  log.recordLlmCall({ model: "claude-sonnet-4-6", inputTokens: 1200, outputTokens: 340 });
  log.recordToolCall({ tool: "search_documents", input: {}, output: [] });
  globalThis.done = log.close().then(() => sink.records().map((record) => record.type));
`;

/**
 * Bundles core for a browser, where nothing may be left to import, and runs it in a context that has
 * the web's globals but neither `process` nor `require`.
 *
 * @param {import("./checks.mjs").Checks} checks
 * @param {string} consumer
 */
export async function checkBrowserBundle(checks, consumer) {
  await checks.run("core in a browser", async () => {
    const entry = join(consumer, "browser.js");
    writeFileSync(entry, SCRIPT);
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      format: "iife",
      logLevel: "silent",
      metafile: true,
      platform: "browser",
      write: false,
    });
    const [output] = Object.values(metafile.outputs);
    const imports = (output?.imports ?? []).map((it) => it.path);
    if (imports.length > 0) throw new Error(`the bundle still imports ${imports.join(", ")}`);

    /** @type {{ done?: Promise<string[]> } & Record<string, unknown>} */
    const web = {
      AbortController,
      AbortSignal,
      TextDecoder,
      TextEncoder,
      URL,
      clearTimeout,
      console,
      crypto,
      performance,
      queueMicrotask,
      setTimeout,
    };
    runInContext(outputFiles[0]?.text ?? "", createContext(web));
    const types = (await web.done)?.join() ?? "nothing";
    if (!types.includes("llm_call,tool_call")) throw new Error(`it recorded ${types}`);
    return `${Math.round((output?.bytes ?? 0) / 1024)} KiB, not minified`;
  });
}
