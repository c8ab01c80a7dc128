import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { env } from "node:process";

/**
 * Says which programs are not on the PATH and how to get them; `undefined` when all are there. With
 * `STEP_LOG_REQUIRE_SERVERS=1` nothing counts as missing, so that what needs it fails, not skips.
 *
 * @param packages of Debian and Ubuntu
 */
export function missingPrograms(
  programs: readonly string[],
  packages: readonly string[],
): string | undefined {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0 || env["STEP_LOG_REQUIRE_SERVERS"] === "1") return undefined;
  const install = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  return `not here: ${missing.join(", ")}; on Debian and Ubuntu: ${install}`;
}

function isOnPath(program: string): boolean {
  return (env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
