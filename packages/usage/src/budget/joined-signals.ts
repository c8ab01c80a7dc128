import { RecentMap } from "../tally/recent-map.ts";

interface Joined {
  parts: readonly AbortSignal[];
  signal: AbortSignal;
}

// The agents that are at work at a time; each is some 500 B.
const MAX_JOINED = 1000;

/**
 * Makes a function that joins signals, and gives the same signal for the same ones again: Node 20 keeps
 * some 80 B for each that `AbortSignal.any` made as long as its sources live, and who asks may ask each turn.
 *
 * @returns Takes a name for what the signals are of; without any it gives a signal that is never aborted.
 */
export function joinedSignals(): (name: string, parts: readonly AbortSignal[]) => AbortSignal {
  const never = new AbortController().signal;
  const known = new RecentMap<Joined>(MAX_JOINED, () => ({ parts: [], signal: never }));
  return (name, parts) => {
    const [only = never] = parts;
    if (parts.length < 2) return only;
    const joined = known.at(name);
    // A scope that was forgotten and began anew has another signal.
    if (parts.length !== joined.parts.length || parts.some((it, i) => it !== joined.parts[i])) {
      joined.parts = parts;
      joined.signal = AbortSignal.any([...parts]);
    }
    return joined.signal;
  };
}
