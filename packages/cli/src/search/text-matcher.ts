import { UsageError } from "../usage-error.ts";

/** Where in a text something was found. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds the first place in a text. */
export type TextMatcher = (text: string) => Span | undefined;

/** How a text is to be looked for. */
export interface MatchOptions {
  readonly regex?: boolean;
  readonly ignoreCase?: boolean;
}

/**
 * Makes what looks for a text, as it stands, or for a regular expression of JavaScript.
 *
 * @throws UsageError where it is none
 */
export function textMatcher(
  wanted: string,
  { regex = false, ignoreCase = false }: MatchOptions,
): TextMatcher {
  if (!regex && !ignoreCase) {
    return (text) => {
      const start = text.indexOf(wanted);
      return start < 0 ? undefined : { start, end: start + wanted.length };
    };
  }
  const source = regex ? wanted : wanted.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const pattern = compiled(source, ignoreCase ? "iu" : "u");
  return (text) => {
    const found = pattern.exec(text);
    return found === null ? undefined : { start: found.index, end: found.index + found[0].length };
  };
}

function compiled(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; without --regex it is taken as it stands`);
  }
}
