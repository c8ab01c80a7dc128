import type { ConformanceCase } from "../src/index.ts";

/** Runs the case of that name, and gives what it rejects with, if it does. */
export async function failureOf(
  cases: readonly ConformanceCase[],
  name: string,
): Promise<Error | undefined> {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case is called ${name}`);
  try {
    await found.run();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
