// @ts-check
// Builds all packages with turbo, which speaks only when something failed, and phones nobody.
import { run } from "./lib/run.mjs";

const args = ["run", "build", "--output-logs=errors-only", ...process.argv.slice(2)];
const { ok, output } = run("turbo", args, { env: { TURBO_TELEMETRY_DISABLED: "1" } });

if (!ok) {
  console.error(output);
  process.exitCode = 1;
}
