// Compresses what was put aside of a log, with a clock that is ahead.
import { tidy } from "../../src/write/rotate.ts";

const { path, aheadMs } = JSON.parse(process.argv[2] ?? "{}") as { path: string; aheadMs: number };
const { now } = Date;
Date.now = () => now() + aheadMs;
await tidy(path, { gzip: true });
