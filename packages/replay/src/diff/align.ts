// Edits after which a middle is no longer looked for but guessed. Time is bounded by the number of
// items times this: for two runs of 100,000 steps that have nothing in common, some 50 million looks.
const MAX_EDITS = 256;

/** Positions in two sequences: from `a0` and `b0`, before `a1` and `b1`. */
type Box = readonly [a0: number, a1: number, b0: number, b1: number];

/**
 * Aligns two sequences: gives for each position of `a` that in `b` which holds the same, or -1. Both
 * rise together, so what they pair is a common subsequence; the longest one unless it takes more than
 * some hundred edits to come from one sequence to the other.
 *
 * Method: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, section 4b.
 */
export function align(a: ArrayLike<number>, b: ArrayLike<number>): Int32Array {
  const pairs = new Int32Array(a.length).fill(-1);
  const forward = new Int32Array(2 * MAX_EDITS + 3);
  const backward = new Int32Array(2 * MAX_EDITS + 3);
  const boxes: Box[] = [[0, a.length, 0, b.length]];
  for (let box = boxes.pop(); box !== undefined; box = boxes.pop()) {
    let [a0, a1, b0, b1] = box;
    while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) pairs[a0++] = b0++;
    while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) pairs[--a1] = --b1;
    if (a0 === a1 || b0 === b1) continue;
    const [x, y] = middleOf(a, b, [a0, a1, b0, b1], forward, backward);
    boxes.push([a0, x, b0, y], [x, a1, y, b1]);
  }
  return pairs;
}

/** A point that a shortest way from one corner of the box to the other passes, neither of the corners. */
function middleOf(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [a0, a1, b0, b1]: Box,
  forward: Int32Array,
  backward: Int32Array,
): readonly [number, number] {
  const [n, m] = [a1 - a0, b1 - b0];
  const delta = n - m;
  const isOdd = delta % 2 !== 0;
  const zero = MAX_EDITS + 1; // where diagonal 0 stands
  forward.fill(OUTSIDE);
  backward.fill(OUTSIDE);
  forward[zero + 1] = 0;
  backward[zero + 1] = 0;
  let best: readonly [number, number] = [1, 0];
  for (let d = 0; d <= MAX_EDITS; d++) {
    for (let k = -d; k <= d; k += 2) {
      let x = furthest(forward, zero + k, k, n, m);
      if (x === OUTSIDE) continue;
      while (x < n && x - k < m && a[a0 + x] === b[b0 + x - k]) x++;
      forward[zero + k] = x;
      if (2 * x - k > best[0] + best[1] && 2 * x - k < n + m) best = [x, x - k];
      const opposite = delta - k;
      if (!isOdd || Math.abs(opposite) >= d) continue;
      const from = backward[zero + opposite] ?? OUTSIDE;
      if (from !== OUTSIDE && x + from >= n) return [a0 + x, b0 + x - k];
    }
    for (let k = -d; k <= d; k += 2) {
      let x = furthest(backward, zero + k, k, n, m);
      if (x === OUTSIDE) continue;
      while (x < n && x - k < m && a[a1 - 1 - x] === b[b1 - 1 - x + k]) x++;
      backward[zero + k] = x;
      const opposite = delta - k;
      if (isOdd || Math.abs(opposite) > d) continue;
      const to = forward[zero + opposite] ?? OUTSIDE;
      if (to !== OUTSIDE && x + to >= n) return [a1 - x, b1 - x + k];
    }
  }
  return [a0 + best[0], b0 + best[1]];
}

const OUTSIDE = -1;

/** How far one more edit leads on a diagonal `k = x - y`, `OUTSIDE` where it leads out of the box. */
function furthest(reached: Int32Array, at: number, k: number, n: number, m: number): number {
  const down = reached[at + 1] ?? OUTSIDE;
  const before = reached[at - 1] ?? OUTSIDE;
  const right = before === OUTSIDE || before >= n ? OUTSIDE : before + 1;
  const x = down !== OUTSIDE && down - k <= m ? Math.max(down, right) : right;
  return x !== OUTSIDE && x - k >= 0 && x - k <= m ? x : OUTSIDE;
}
