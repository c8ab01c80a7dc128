import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { start, temporaryFolder } from "../child.ts";
import { newPath } from "../open-log.ts";

test.each(["before", "after"])(
  "a program that loads proper-lockfile %s the sink's lock has it release locks at its exit",
  async (when) => {
    const own = join(temporaryFolder(), "own");
    for (const ending of ["process.exit", "SIGTERM"]) {
      const child = start("neighbour", { path: newPath(), own, when, ending });
      const end = await child.ended;
      expect(child.stderr()).toBe("");
      expect(child.lines).toEqual(["locked"]);
      expect(end).toEqual(
        ending === "SIGTERM" ? { code: null, signal: ending } : { code: 3, signal: null },
      );
      expect(existsSync(`${own}.lock`)).toBe(false);
    }
  },
);

test.skipIf(process.platform !== "linux")(
  "a signal that Node ignores does not become deadly: writing beyond a limit is an error",
  async () => {
    const own = join(temporaryFolder(), "own");
    const child = start("neighbour", { path: newPath(), own, when: "never", ending: "large file" });
    await child.line((line) => line === "ready");
    execFileSync("prlimit", [`--pid=${child.pid}`, "--fsize=1000000:unlimited"]);
    expect(await child.ended).toEqual({ code: 3, signal: null });
    expect(child.lines.at(-1)).toBe("EFBIG");
    expect(statSync(own).size).toBe(1_000_000);
  },
);

test("functions of the process and of fs are the same after a lock was taken", async () => {
  const child = start("untouched", { path: newPath() });
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(child.stderr()).toBe("");
  expect(child.lines).toEqual(["locked", "same"]);
});
