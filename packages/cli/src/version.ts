import { readFileSync } from "node:fs";

/** The version of this package. Its package.json lies above the code both built and not. */
export const VERSION: string = readVersion();

function readVersion(): string {
  for (const up of ["../package.json", "../../package.json"]) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8"));
      if (name === "@step-log/cli") return version;
    } catch {
      // Not in this one: chunks lie a folder deeper.
    }
  }
  return "unknown";
}
