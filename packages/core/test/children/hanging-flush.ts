// Closes a log whose sink never gets done, with nothing else to keep the process alive.
import { memorySink, StepLog } from "../../src/index.ts";

// The 10 s of the deadline pass in 100 ms.
const { setTimeout } = globalThis;
Reflect.set(globalThis, "setTimeout", (fn: () => void, ms: number) => setTimeout(fn, ms / 100));

const sink = { ...memorySink(), flush: () => new Promise<never>(() => {}) };
const log = new StepLog({ sink, onError: ({ code }) => void process.stdout.write(code) });
await log.close();
process.stdout.write(" closed");
