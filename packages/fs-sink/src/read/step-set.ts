/** Numbers that follow each other. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A set of step numbers, small as long as they are dense. */
export class StepSet {
  /** First and last of each stretch, ascending: `[1, 7, 9, 9]` is 1 to 7 and 9. */
  readonly #bounds: number[] = [];

  /** How many stretches it is made of. */
  get stretchCount(): number {
    return this.#bounds.length / 2;
  }

  /** Adds a number; says whether it was new. */
  add(step: number): boolean {
    const bounds = this.#bounds;
    const at = this.#stretchFrom(step);
    const first = bounds[at];
    if (first !== undefined && first <= step) return false;
    const touchesBefore = at > 0 && bounds[at - 1] === step - 1;
    const touchesAfter = first === step + 1;
    if (touchesBefore && touchesAfter) bounds.splice(at - 1, 2);
    else if (touchesBefore) bounds[at - 1] = step;
    else if (touchesAfter) bounds[at] = step;
    else bounds.splice(at, 0, step, step);
    return true;
  }

  /** Its stretches, ascending. */
  *stretches(): Generator<Stretch, void, void> {
    const bounds = this.#bounds;
    for (let at = 0; at < bounds.length; at += 2) {
      yield { from: bounds[at] ?? 0, to: bounds[at + 1] ?? 0 };
    }
  }

  /** Where in the bounds the first stretch begins that does not end before the number. */
  #stretchFrom(step: number): number {
    const bounds = this.#bounds;
    if ((bounds.at(-1) ?? -1) < step) return bounds.length; // in order, as a rule
    let low = 0;
    let high = bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bounds[2 * middle + 1] ?? 0) < step) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}
