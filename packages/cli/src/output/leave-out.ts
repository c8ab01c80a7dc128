/** What may be left out where there is no room: the highest first; what has none stays. */
interface Leavable {
  readonly leaveOut?: number;
}

/** Takes columns away, while there is no room for all, that may be left out. */
export function leaveOut<T>(
  shown: T[],
  columnOf: (one: T) => Leavable,
  isTooWide: () => boolean,
): void {
  while (isTooWide()) {
    const least = shown
      .filter((one) => columnOf(one).leaveOut !== undefined)
      .sort((a, b) => (columnOf(b).leaveOut ?? 0) - (columnOf(a).leaveOut ?? 0))[0];
    if (least === undefined) return;
    shown.splice(shown.indexOf(least), 1);
  }
}
