import type { Source } from "@step-log/core";
import { badLineCases } from "./cases/source/bad-lines.ts";
import { leavingCases } from "./cases/source/leaving.ts";
import { readCases } from "./cases/source/read.ts";
import { runsCases } from "./cases/source/runs.ts";
import type { SourceCase } from "./cases/source/source-case.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { skipReasons } from "./skip-reasons.ts";
import { withSourceBench } from "./source-bench.ts";
import type { SourceCasesOptions } from "./source-cases-options.ts";

const GROUPS: Readonly<Record<string, readonly SourceCase[]>> = {
  read: readCases,
  runs: runsCases,
  "bad lines": badLineCases,
  leaving: leavingCases,
};

/**
 * Lists the cases that a source has to pass, for a test runner to run.
 *
 * A case that does not apply is listed too, with its `skip` reason.
 *
 * @throws TypeError when `skip` names an unknown case or gives no reason.
 */
export function sourceCases<S extends Source>(options: SourceCasesOptions<S>): ConformanceCase[] {
  const all = Object.entries(GROUPS).flatMap(([group, cases]) =>
    cases.map((sourceCase) => ({ group, sourceCase })),
  );
  const names = all.map(({ sourceCase }) => sourceCase.name);
  const reasons = skipReasons(names, options.skip);
  return all.map(({ group, sourceCase }) => {
    const { name, needs } = sourceCase;
    const lacks = needs !== undefined && options[needs] === undefined;
    const skip = reasons.get(name) ?? (lacks ? `the options have no \`${needs}\`` : undefined);
    const run = () => withSourceBench(options, group, (bench) => sourceCase.run(bench));
    return skip === undefined ? { group, name, run } : { group, name, skip, run };
  });
}
