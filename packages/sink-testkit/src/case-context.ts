import type { CaseContext } from "./conformance-case.ts";

let count = 0;

/** Makes the context of one run of a case, and what runs its clean-up tasks. */
export function caseContext(group: string): { context: CaseContext; cleanUp(): Promise<void> } {
  const tasks: (() => void | Promise<void>)[] = [];
  return {
    context: {
      id: `${group.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}-${++count}`,
      onCleanup: (task) => void tasks.push(task),
    },
    async cleanUp() {
      for (const task of tasks.reverse()) await task();
    },
  };
}
