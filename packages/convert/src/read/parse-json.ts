/** The value of a text of JSON; `undefined`, which JSON has no text for, where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
