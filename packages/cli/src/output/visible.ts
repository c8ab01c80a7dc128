import { safe } from "@step-log/core";

/** As `safe`, but keeps line ends, and makes two spaces of a tab: for texts that are shown as they stand. */
export function visible(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => safe(line.replaceAll("\t", "  ")))
    .join("\n");
}
