import { safe } from "@step-log/core";

/** Writes a word as a POSIX shell takes it, so that a command can be pasted whatever is in it. */
export function shellWord(text: string): string {
  const shown = safe(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

/** Writes the arguments for a step of a run: `./logs --run run-abc --step 7` */
export function stepWords(locations: readonly string[], runId: string, step: number): string {
  // Joined by `=`, since an id may begin with a dash.
  const run = runId.startsWith("-") ? `--run=${shellWord(runId)}` : `--run ${shellWord(runId)}`;
  return [...locations.map(shellWord), run, `--step ${step}`].join(" ");
}
