/** Numbers that follow each other, both ends included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Numbers that were seen, small as long as they are dense. */
export class StepSet {
  // Ascending, with a gap between each two.
  readonly #stretches: { from: number; to: number }[] = [];

  /** Adds a number; says whether it was new. */
  add(step: number): boolean {
    const all = this.#stretches;
    let at = all.length;
    while (at > 0 && (all[at - 1]?.from ?? 0) > step) at--; // near the end, as a rule
    const [before, after] = [all[at - 1], all[at]];
    if (before !== undefined && step <= before.to) return false;
    if (before?.to === step - 1) {
      before.to = step;
      if (after?.from === step + 1) {
        before.to = after.to;
        all.splice(at, 1);
      }
    } else if (after?.from === step + 1) after.from = step;
    else all.splice(at, 0, { from: step, to: step });
    return true;
  }

  /** What is missing before the last number that was seen, from `first` on. Default: the lowest. */
  gaps(first: number = this.#stretches[0]?.from ?? 0): Stretch[] {
    const gaps: Stretch[] = [];
    let next = first;
    for (const { from, to } of this.#stretches) {
      if (from > next) gaps.push({ from: next, to: from - 1 });
      next = Math.max(next, to + 1);
    }
    return gaps;
  }
}
