import type { Sink } from "@step-log/core";
import { closeCases } from "./cases/sink/close.ts";
import { completenessCases } from "./cases/sink/completeness.ts";
import { failureCases } from "./cases/sink/failure.ts";
import { flushCases } from "./cases/sink/flush.ts";
import { flushSyncCases } from "./cases/sink/flush-sync.ts";
import { isolationCases } from "./cases/sink/isolation.ts";
import { lastStepCases } from "./cases/sink/last-step.ts";
import { memberCases } from "./cases/sink/members.ts";
import { onErrorCases } from "./cases/sink/on-error.ts";
import { orderCases } from "./cases/sink/order.ts";
import { payloadCases } from "./cases/sink/payload.ts";
import { runIdCases } from "./cases/sink/run-ids.ts";
import type { SinkCase, SinkCaseNeed } from "./cases/sink/sink-case.ts";
import { statsCases } from "./cases/sink/stats.ts";
import { writeCases } from "./cases/sink/write.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { withSinkBench } from "./sink-bench.ts";
import type { SinkCasesOptions } from "./sink-cases-options.ts";
import { skipReasons } from "./skip-reasons.ts";

const GROUPS: Readonly<Record<string, readonly SinkCase[]>> = {
  members: memberCases,
  order: orderCases,
  completeness: completenessCases,
  isolation: isolationCases,
  write: writeCases,
  flush: flushCases,
  close: closeCases,
  payload: payloadCases,
  "run ids": runIdCases,
  failure: failureCases,
  stats: statsCases,
  onError: onErrorCases,
  flushSync: flushSyncCases,
  lastStep: lastStepCases,
};

/**
 * Lists the cases that a sink has to pass, for a test runner to run.
 *
 * A case that does not apply is listed too, with its `skip` reason.
 *
 * @throws TypeError when `skip` names an unknown case or gives no reason, or `faults` is missing.
 */
export function sinkCases<S extends Sink>(options: SinkCasesOptions<S>): ConformanceCase[] {
  checkFaults(options);
  const all = Object.entries(GROUPS).flatMap(([group, cases]) =>
    cases.map((sinkCase) => ({ group, sinkCase })),
  );
  const reasons = skipReasons(
    all.map(({ sinkCase }) => sinkCase.name),
    options.skip,
  );
  return all.map(({ group, sinkCase }) => {
    const { name, needs = [] } = sinkCase;
    const lacks = needs.map((need) => lackOf(need, options)).find((lack) => lack !== undefined);
    const skip = reasons.get(name) ?? lacks;
    const run = () => withSinkBench(options, group, (bench) => sinkCase.run(bench));
    return skip === undefined ? { group, name, run } : { group, name, skip, run };
  });
}

function checkFaults<S extends Sink>({ faults }: SinkCasesOptions<S>): void {
  if (typeof faults === "object" && faults !== null) {
    if (!("none" in faults) || faults.none.trim() !== "") return;
  }
  throw new TypeError("faults must be { break, mend }, or { none: <reason> }");
}

/** Why a case that has this need cannot be run, if so. */
function lackOf<S extends Sink>(
  need: SinkCaseNeed,
  options: SinkCasesOptions<S>,
): string | undefined {
  switch (need) {
    case "faults":
      return "none" in options.faults ? options.faults.none : undefined;
    case "escaped":
      return options.escaped === undefined ? "the options have no `escaped`" : undefined;
    default:
      return options.optional?.includes(need) ? undefined : `the sink has no ${need}`;
  }
}
