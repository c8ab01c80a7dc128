import { fileURLToPath } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { widthOf } from "../../packages/cli/src/output/cells.ts";
import { frame, opened, press } from "../../packages/cli/test/replay/support/session.ts";
import { runCli } from "../../packages/cli/test/support/run-cli.ts";
import { importLog } from "../../packages/convert/src/index.ts";
import type { StepRecord } from "../../packages/core/src/index.ts";
import { skipWithoutData } from "./data-folder.ts";

const data = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

// One of each tool whose sessions have steps to page through.
const SESSIONS = [
  "claude-code/3f_603dd13c2c_0_full.jsonl",
  "codex-rollouts/rollout-subagents.jsonl",
  "pi-mono/large-session.jsonl",
  "swe-agent/marshmallow-1867.traj",
];
const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];
// Of a session, at places that lie far apart.
const STEPS = 40;

beforeEach(skipWithoutData);

test.each(SESSIONS)("every page of %s fits the terminal, and controls nothing", async (name) => {
  const records: StepRecord[] = [];
  for await (const record of importLog(data + name)) {
    if (record.type !== "bad_line") records.push(record);
  }
  const text = records.map((it) => JSON.stringify(it)).join("\n");
  for (const size of SIZES) {
    const look = (state: ReturnType<typeof opened>) => {
      const page = frame(state);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
      expect(page).not.toMatch(/[\u{0}-\u{9}\u{b}-\u{1f}\u{7f}-\u{9f}\u{202a}-\u{202e}]/u);
      for (const line of page.split("\n")) {
        expect(widthOf(line)).toBeLessThanOrEqual(size.columns);
      }
    };
    const list = opened(text, size);
    for (const key of ["t", "s", "m", "x", "end"]) look(press(list, key));
    for (let i = 0; i < STEPS; i++) {
      const { step } = records[Math.floor((i * records.length) / STEPS)] ?? {};
      const at = press(list, `:${step}`, "return");
      look(at);
      for (const tab of ["1", "2", "3", "4"]) look(press(at, "return", tab, "end"));
    }
  }
});

test("a session is shown, and compared with itself and with another, as it is", async () => {
  const [a = "", b = ""] = SESSIONS.map((name) => data + name);
  const shown = await runCli(["show", a, "--errors", "--json"]);
  const { errors, steps } = JSON.parse(shown.stdout);
  expect(errors).toBe(5);
  expect(steps).toHaveLength(errors);
  expect((await runCli(["diff", a, a])).exitCode).toBe(0);
  const other = await runCli(["diff", a, `${b}#019dbc02`, "--json"]);
  expect(other.exitCode).toBe(1);
  expect(JSON.parse(other.stdout)).toMatchObject({ same: false });
});
