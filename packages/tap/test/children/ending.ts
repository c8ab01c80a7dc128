import { writeSync } from "node:fs";
import { createTap } from "../../src/create-tap.ts";

// One call that has ended, one whose answer nobody reads, one that has no answer; then the process ends.
const [, , how] = process.argv;
const tap = createTap({
  sink: {
    name: "stdout",
    write: ({ record }) => {
      if (record.type === "wire_call") writeSync(1, `${record.request.url} ${record.outcome}\n`);
    },
    flush: async () => {},
    close: async () => {},
  },
  fetch: async (input) =>
    String(input).endsWith("/hangs") ? new Promise(() => {}) : new Response("hello"),
});
void tap.fetch("http://h/hangs");
await tap.fetch("http://h/unread");
await (await tap.fetch("http://h/read")).text();
if (how === "exit") process.exit(3);
process.exitCode = 4;
