const NEWLINE = 10;

/** Where lines stand in a buffer: from the first byte up to and including the `\n` of the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Which of the lines `block[from, to)` do not stand whole, on lines of their own, in `region`, a part
 * of the file that begins at the beginning of a line. Both keep the order of writing.
 */
export function missingLines(block: Buffer, from: number, to: number, region: Buffer): Span[] {
  const whole = findOwnLine(region, block.subarray(from, to), 0);
  if (whole >= 0) return [];
  const missing: Span[] = [];
  let searchFrom = 0;
  for (let start = from; start < to; ) {
    const end = block.indexOf(NEWLINE, start) + 1;
    const at = findOwnLine(region, block.subarray(start, end), searchFrom);
    if (at < 0) missing.push({ from: start, to: end });
    else searchFrom = at + (end - start);
    start = end;
  }
  return missing;
}

/** The first place at which `lines` begins a line. */
function findOwnLine(region: Buffer, lines: Buffer, searchFrom: number): number {
  for (let at = region.indexOf(lines, searchFrom); at >= 0; at = region.indexOf(lines, at + 1)) {
    if (at === 0 || region[at - 1] === NEWLINE) return at;
  }
  return -1;
}
