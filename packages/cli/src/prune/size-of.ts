import { UsageError } from "../usage-error.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * Reads a size: `500MB`, `1.5 GB`, in thousands as disks are sold, or `1GiB`; in bytes.
 *
 * @param what The option, for the error.
 * @throws UsageError
 */
export function sizeOf(text: string, what: string): number {
  const [, figure, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (figure !== undefined && factor !== undefined) return Number(figure) * factor;
  throw new UsageError(`${what} ${text} is no size: write 500MB, 1.5GB or 1GiB`);
}
