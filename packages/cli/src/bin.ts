#!/usr/bin/env node
import { run } from "./run.ts";

const { stdin, stdout, stderr, env } = process;
const interrupt = new AbortController();

// The first one lets a command end in order, the next one is not ours to catch.
process.once("SIGINT", () => {
  interrupt.abort(new Error("interrupted"));
  // Who waits for what is piped in would wait on.
  stdin.destroy();
});

// `step-log ls | head` closes the pipe; there is nobody left to write to.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const io = { stdin, stdout, stderr, env, cwd: process.cwd(), signal: interrupt.signal };
process.exitCode = await run(process.argv.slice(2), io);
