import { sweep } from "./sweep.ts";

// What a user's pattern sees at once. A quadratic one takes 2 s for this much (65,536² / 2 steps of
// about 1 ns), and 8 minutes for a megabyte.
const WINDOW = 65_536;
// Windows overlap by the longest match that is sure to be found where two of them meet.
const OVERLAP = 4096;
// A linear pattern takes about 1 ms for a window.
const SLOW_MS = 100;
// A pause of the process makes a good pattern look slow, but hardly three times.
const MAX_SLOW = 3;
const MARKERS = /(\[REDACTED:[\w-]+\])/;

/**
 * A user's pattern as a function from text to text, which never throws.
 *
 * Texts over 64 KiB are searched in windows. A pattern that throws, or that three times took over
 * 100 ms for a window, is given up, and `onGiveUp` hears why.
 */
export function customPattern(
  pattern: RegExp,
  onGiveUp: (cause: unknown) => void,
): (text: string) => string {
  // A copy: nobody else moves its lastIndex or overrides its methods.
  const own = new RegExp(pattern, `${pattern.flags.replace(/[gy]/g, "")}g`);
  let slow = 0;

  function search(text: string): string {
    let out = "";
    for (let at = 0; at < text.length; ) {
      const part = text.slice(at, at + WINDOW);
      const last = at + WINDOW >= text.length;
      const began = performance.now();
      let next = last ? part.length : WINDOW - OVERLAP;
      const edited = sweep(part, own, ({ 0: found, index }) => {
        if (found === "") own.lastIndex++;
        if (found === "" || index >= next) return undefined;
        next = Math.max(next, own.lastIndex);
        return [index, own.lastIndex, "custom"];
      });
      if (performance.now() - began > SLOW_MS && ++slow === MAX_SLOW) {
        throw new Error(`slower than ${SLOW_MS} ms for ${WINDOW} characters`);
      }
      out += edited.slice(0, edited.length - part.length + next);
      at += next;
    }
    return out;
  }

  return (text) => {
    if (slow === MAX_SLOW) return text;
    try {
      // Markers are left as they are, or redacting twice would not be the same as once.
      return text
        .split(MARKERS)
        .map((part, i) => (i % 2 === 0 ? search(part) : part))
        .join("");
    } catch (cause) {
      slow = MAX_SLOW;
      onGiveUp(cause);
      return text;
    }
  };
}
