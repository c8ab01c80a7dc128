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
  const missing: Span[] = [];
  let searchFrom = 0;
  for (let start = from; start < to; ) {
    const end = block.indexOf(NEWLINE, start) + 1;
    const at = findLine(region, searchFrom, block, start, end);
    if (at < 0) missing.push({ from: start, to: end });
    else searchFrom = at + (end - start);
    start = end;
  }
  return missing;
}

/**
 * Where the line `block[start, end)` stands in `region`, from the beginning of a line on. Goes from
 * line to line, since most are ours, or as many as there are others; a search by bytes would have to
 * prepare itself for each line, at ten times the cost.
 */
function findLine(region: Buffer, from: number, block: Buffer, start: number, end: number): number {
  const length = end - start;
  for (let at = from; at + length <= region.length; ) {
    const endsThere = region[at + length - 1] === NEWLINE;
    if (endsThere && region.compare(block, start, end, at, at + length) === 0) return at;
    const newline = region.indexOf(NEWLINE, at);
    if (newline < 0) break;
    at = newline + 1;
  }
  return -1;
}
