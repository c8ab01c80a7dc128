import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exitsWhenIdle } from "@step-log/sink-testkit";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LogServer, logServer } from "./log-server.ts";

const folder = mkdtempSync(join(tmpdir(), "http-sink-"));
let server: LogServer;
beforeAll(async () => {
  server = await logServer();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

it("does not keep the process alive when there is nothing to send", async () => {
  const script = program("idle", `sink.write(entry); await sink.flush();`);
  await exitsWhenIdle(script);
  expect(server.endpoint("idle").lines.length).toBe(1);
});

it("does not keep the process alive while the endpoint is away and nobody waits", async () => {
  server.endpoint("away").answer = "500";
  const script = program("away", `sink.write(entry);`);
  await exitsWhenIdle(script);
  expect(server.endpoint("away").posts.length).toBeGreaterThan(0);
});

it("keeps the process alive while somebody waits for an endpoint that is away", async () => {
  const endpoint = server.endpoint("back");
  endpoint.answer = "500";
  const script = program("back", `sink.write(entry); await sink.close();`);
  const exited = exitsWhenIdle(script);
  while (endpoint.posts.length < 2) await new Promise((resolve) => setImmediate(resolve));
  endpoint.answer = "ok";
  await exited;
  expect(endpoint.lines.length).toBe(1);
});

/** Makes a script in which `sink` posts to an endpoint of the server. */
function program(id: string, code: string): string {
  const outfile = join(folder, `${id}.mjs`);
  buildSync({
    stdin: {
      contents: `
        import { testEntry } from "@step-log/sink-testkit";
        import { httpSink } from "./http-sink.ts";
        const sink = httpSink({ url: ${JSON.stringify(server.url(id))}, retryMs: 50 });
        sink.onError(() => {}); // so that nothing is written on stderr
        const entry = testEntry({ runId: "run", step: 1 });
        ${code}`,
      resolveDir: fileURLToPath(new URL("..", import.meta.url)),
    },
    conditions: ["@step-log/source"],
    bundle: true,
    format: "esm",
    outfile,
    platform: "node",
    target: "node20",
  });
  return outfile;
}
