import { testEntry, testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

const MIB = 1_048_576;

export const payloadCases: readonly SinkCase[] = [
  {
    name: "empty strings, lists and objects are stored",
    async run(bench) {
      for (const [step, data] of ["", [], {}, null, 0, false, [""], { "": "" }].entries()) {
        bench.write(testEntry({ runId: "run", step, record: { name: "", data } }));
      }
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "text of every kind is stored as it is",
    async run(bench) {
      for (const [step, data] of texts.entries()) {
        bench.write(testEntry({ runId: "run", step, record: { data, [`key ${data}`]: step } }));
      }
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "numbers are stored as they are",
    async run(bench) {
      for (const [step, data] of numbers.entries()) {
        bench.write(testEntry({ runId: "run", step, record: { data } }));
      }
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "a line of 1 MiB is stored",
    async run(bench) {
      bench.write(bigEntry(1, MIB));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "a line of 8 MiB is stored",
    async run(bench) {
      bench.write(bigEntry(1, 8 * MIB));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "large and small lines in turn keep their order",
    async run(bench) {
      for (let step = 1; step <= 40; step += 10) {
        bench.write(bigEntry(step, MIB / 2), ...testRun("run", 9, step + 1));
      }
      await bench.flush();
      await bench.expectStored();
    },
  },
];

const texts: readonly string[] = [
  "caf\u00e9 cafe\u0301", // the same to the eye, not the same text
  "🛫👩‍👩‍👧‍👦🇩🇪",
  "日本語 العربية हिन्दी",
  "line\nline\r\nline\rline",
  "\u2028\u2029\u0085\u000b\u000c", // line ends to some readers
  "\0\u0001\u001b[31m\u007f\u009b",
  "\ufeffbyte order mark",
  "\u202eright to left",
  '"quotes" \\backslashes\\ \\n \\u0000',
  '{"run_id":"other","step":1,"type":"event"}',
  "__proto__",
];

const numbers: readonly number[] = [
  0, -1, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9_007_199_254_740_991, 1_747_934_400.123,
];

function bigEntry(step: number, bytes: number) {
  // Not one letter over and over, which a store that compresses would make small.
  const piece = `${step}: The quick brown fox jumps over the lazy dog, ☕ in paw. `;
  const data = piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes);
  return testEntry({ runId: "run", step, record: { data } });
}
