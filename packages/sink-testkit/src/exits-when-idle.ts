import assert from "node:assert/strict";

/** What `exitsWhenIdle` takes. */
export interface ExitsWhenIdleOptions {
  /** Flags for the runtime that come before the script. */
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How long the process may take, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Runs a script that makes a sink, writes, flushes and does **not** close it; fails unless the
 * process then ends by itself, with code 0 and nothing on stderr.
 *
 * For runtimes with `node:child_process`.
 */
export async function exitsWhenIdle(
  script: string | URL,
  options: ExitsWhenIdleOptions = {},
): Promise<void> {
  // Loaded here, so that the cases themselves need no more than node:assert.
  const { execFile } = await import("node:child_process");
  const { fileURLToPath } = await import("node:url");
  const { execArgv = [], env, timeoutMs = 10_000 } = options;
  const path = script instanceof URL ? fileURLToPath(script) : script;
  const { error, stderr } = await new Promise<{
    readonly error: Error | null;
    readonly stderr: string;
  }>((resolve) => {
    execFile(
      process.execPath,
      [...execArgv, path],
      { timeout: timeoutMs, killSignal: "SIGKILL", env: { ...process.env, ...env } },
      (error, _, stderr) => resolve({ error, stderr }),
    );
  });
  const killed = error !== null && "killed" in error && error.killed === true;
  assert.ok(!killed, `the process was still alive after ${timeoutMs} ms`);
  assert.equal(error, null, `the process failed: ${stderr}`);
  assert.equal(stderr, "");
}
