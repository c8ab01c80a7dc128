import { claudeCode } from "./claude-code.ts";
import { codexRollouts } from "./codex-rollout.ts";
import { piSession } from "./pi-session.ts";
import type { RealRun } from "./real-run.ts";
import { tauBench } from "./tau-bench.ts";

/** The recordings by the tool that made them; reading one gives its runs. */
export const SOURCES: readonly (readonly [name: string, read: () => RealRun[]])[] = [
  ["pi", piSession],
  ["tau-bench", tauBench],
  ["Codex", codexRollouts],
  ["Claude Code", claudeCode],
];
