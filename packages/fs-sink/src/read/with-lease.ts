import { StepLogError } from "@step-log/core";
import { Lease } from "../write/lease.ts";
import { Problems } from "../write/problems.ts";

// Writers give a lock up within 50 ms when another asks for it; one that was killed left it for 5 s.
const WAIT_MS = 10_000;

/**
 * Does something while it has the lock of a log file.
 *
 * @throws StepLogError `LOCK_BUSY` when it cannot be had within 10 s
 */
export async function withLease<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lease = new Lease(path, new Problems(path, () => {}));
  if (!(await lease.acquire(WAIT_MS))) {
    const message = `the lock of ${path} was not to be had within ${WAIT_MS} ms; stop its writers`;
    throw new StepLogError("LOCK_BUSY", message, { details: { path } });
  }
  try {
    return await work();
  } finally {
    await lease.release();
  }
}
