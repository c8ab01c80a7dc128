import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { plain, runCli } from "./support/run-cli.ts";

// Logs of real agents lie beside the project where it is developed.
const data = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const folders = existsSync(data)
  ? readdirSync(data, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  : [];

describe.skipIf(folders.length === 0)(
  "on logs of real agents, as they are (skipped without ../shared/data)",
  () => {
    test.each(folders.map(({ name }) => name))("%s", async (name) => {
      const run = (command: string, ...args: string[]) =>
        runCli([command, ...args, `${data}${name}`], { cwd: data, columns: 100 });
      const tail = await run("tail", "-n", "5");
      if (tail.exitCode === 2) {
        // What no format knows is said to be so, by each of them alike.
        expect(tail.stderr).toMatch(/format|no log|nothing/);
        return;
      }
      for (const line of plain(tail.stdout).trimEnd().split("\n")) {
        expect(line.length).toBeLessThanOrEqual(100);
      }
      const errors = await run("errors", "--json");
      const { error_count, errors: groups } = JSON.parse(errors.stdout);
      expect(groups.reduce((sum: number, it: { count: number }) => sum + it.count, 0)).toBe(
        error_count,
      );
      const { summary, failed } = await totals(name, error_count);
      expect(failed).toBe(summary);
      const search = await run("search", "", "--type", "tool_call", "-c");
      expect(search.exitCode).toBeLessThan(2);
      expect((await run("verify")).exitCode).toBeLessThan(2);
    });
  },
);

/** What the summary of the same log counts as errors of calls, and what was found of them. */
async function totals(name: string, found: number): Promise<{ summary: number; failed: number }> {
  const { stdout } = await runCli(["summarize", `${data}${name}`, "--json"], { cwd: data });
  const runs = await runCli(
    ["search", "", `${data}${name}`, "--type", "run_end", "--where", "status=error", "-c"],
    { cwd: data },
  );
  const ends = Number(runs.stdout.replaceAll(",", ""));
  return { summary: JSON.parse(stdout).error_count, failed: found - ends };
}
