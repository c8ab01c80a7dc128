import { expect, test } from "vitest";
import { isDead, type SpoolOwner, thisOwner } from "../../src/spool/spool-owner.ts";

const here = thisOwner();
const HOUR_MS = 3_600_000;
// No process has it: the largest pid of Linux is 4,194,304.
const NOBODY = 5_000_000;

test.each<[string, Partial<SpoolOwner>, number, boolean]>([
  ["this process", {}, 0, false],
  ["a pid that is nobody's", { pid: NOBODY }, 0, true],
  ["a pid that began at another time", { start: "1" }, 0, true],
  ["the machine before it was started anew", { boot: "another" }, 0, true],
  ["another machine", { host: "another", boot: "another" }, HOUR_MS, false],
  ["another machine, a day ago", { host: "another", boot: "another" }, 25 * HOUR_MS, true],
  ["the container before this one", { space: "another" }, 0, true],
  ["another container", { space: "another", host: "another" }, HOUR_MS, false],
  ["another container with this one's name", { space: "another", pid: NOBODY }, HOUR_MS, false],
])("%s", (_, difference, idleMs, expected) => {
  expect(isDead({ ...here, ...difference }, idleMs, here)).toBe(expected);
});

test("where a machine does not tell when it was started, its name tells it from others", () => {
  const nameless = { ...here, boot: null, space: null, start: null };
  const gone = { ...nameless, pid: NOBODY };
  expect(isDead(nameless, 0, nameless)).toBe(false);
  expect(isDead(gone, 0, nameless)).toBe(true);
  expect(isDead({ ...gone, host: "another" }, HOUR_MS, nameless)).toBe(false);
});

test("an owner that is not known is dead after a day", () => {
  expect([isDead(undefined, HOUR_MS), isDead(undefined, 25 * HOUR_MS)]).toEqual([false, true]);
});
