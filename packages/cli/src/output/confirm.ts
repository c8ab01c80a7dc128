import { createInterface } from "node:readline/promises";
import type { Io } from "../io.ts";
import { UsageError } from "../usage-error.ts";
import { visible } from "./visible.ts";

/**
 * Asks at the terminal, and takes nothing but a yes for one.
 *
 * @param otherwise What to do where there is nobody to ask: `pass --yes to import them`.
 * @throws UsageError where stdin is no terminal
 */
export async function confirm(
  { stdin, stderr, signal }: Pick<Io, "stdin" | "stderr" | "signal">,
  question: string,
  otherwise: string,
): Promise<boolean> {
  if (stdin.isTTY !== true) throw new UsageError(`there is no terminal to ask at; ${otherwise}`);
  // Without `terminal`, so that Ctrl-C stays the signal that it is.
  const asking = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => asking.once("close", () => resolve("")));
    const answer = await Promise.race([
      asking.question(`${visible(question)} [y/N] `, { signal }),
      ended,
    ]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}
