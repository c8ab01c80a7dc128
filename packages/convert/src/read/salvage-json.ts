const QUOTE = '"';
const BACKSLASH = "\\";

/**
 * Makes a whole JSON document of one that was cut off: what was complete, with its lists and objects
 * closed. `undefined` where nothing was.
 */
export function salvageJson(text: string): string | undefined {
  const closers: string[] = [];
  let inString = false;
  let end = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === BACKSLASH) at++;
      else if (char === QUOTE) inString = false;
      continue;
    }
    if (char === QUOTE) inString = true;
    else if (char === "{" || char === "[") {
      closers.push(char === "{" ? "}" : "]");
      // An empty one is complete as it is.
      [end, depth] = [at + 1, closers.length];
    } else if (char === "}" || char === "]") {
      if (closers.pop() !== char) return undefined;
      [end, depth] = [at + 1, closers.length];
    } else if (char === ",") [end, depth] = [at, closers.length];
  }
  if (end === 0) return undefined;
  return text.slice(0, end) + closers.slice(0, depth).reverse().join("");
}
