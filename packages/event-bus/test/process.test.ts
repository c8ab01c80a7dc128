import { spawnSync } from "node:child_process";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";

test("a subscriber that hangs is reported, and keeps no process alive", () => {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `
        import { StepLog } from "@step-log/core";
        import { busSink, eventBus } from "./src/index.ts";
        const bus = eventBus({ stallMs: 50, onError: ({ code }) => console.log(code) });
        bus.on("**", () => new Promise(() => {}));
        const log = new StepLog({ sink: busSink(bus) });
        await log.close();
        setTimeout(() => console.log("the agent is done"), 200);`,
      resolveDir: new URL("..", import.meta.url).pathname,
    },
    bundle: true,
    conditions: ["@step-log/source"],
    format: "esm",
    platform: "node",
    write: false,
  });
  const args = ["--input-type=module", "--eval", outputFiles[0]?.text ?? ""];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toBe("STALLED\nthe agent is done\n");
});
