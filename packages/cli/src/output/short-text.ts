import { safe } from "@step-log/core";
import { cutTo } from "./cells.ts";

/** A text of a stranger in so many columns at most, safe for terminals, whatever its length. */
export function shortText(text: string, width: number, position: "middle" | "end" = "end"): string {
  // Beyond these nothing is shown anyway; of a megabyte it would take long to find that out.
  const some =
    text.length > 4 * width ? `${text.slice(0, 2 * width)}…${text.slice(-2 * width)}` : text;
  return cutTo(safe(some), width, position);
}
