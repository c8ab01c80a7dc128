import { type ExitCode, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { type Column, table } from "../output/answer.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { writeAnswer } from "../output/write-answer.ts";
import type { Check } from "./check.ts";
import { checkLog } from "./check-log.ts";
import { checkMachine } from "./check-machine.ts";

/** Looks whether all is well here, and says what to do where not; `FOUND_PROBLEMS` where something fails. */
export async function runDoctor(
  io: Io,
  location: string | undefined,
  options: FormatOptions,
): Promise<ExitCode> {
  const checks = [...checkMachine(io), ...(await checkLog(location, io))];
  const count = (state: Check["state"]) => checks.filter((check) => check.state === state).length;
  await writeAnswer(io, formatOf(options), {
    json: {
      failures: count("fail"),
      warnings: count("warn"),
      checks: checks.map(({ state, what, found, advice, details }) => ({
        ...{ state, what, found, advice: advice ?? null },
        ...(details !== undefined && { details }),
      })),
    },
    tables: [
      table({
        columns: COLUMNS,
        rows: checks,
        details: ({ advice }) => (advice === undefined ? [] : [`→ ${advice}`]),
      }),
    ],
  });
  return count("fail") > 0 ? FOUND_PROBLEMS : OK;
}

const COLUMNS: readonly Column<Check>[] = [
  {
    name: "state",
    value: (it) => it.state,
    paint: ({ state }, { green, yellow, red }) => ({ ok: green, warn: yellow, fail: red })[state],
  },
  { name: "what", value: (it) => it.what },
  { name: "found", value: (it) => it.found, cut: "end" },
  { name: "advice", value: (it) => it.advice, isHidden: true },
];
