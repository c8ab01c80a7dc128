/** How figures are told to people. Where a value is not known, `-`: never 0. */

const UNKNOWN = "-";

/** `1,234,567` */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : grouped(String(Math.round(value)));
}

/** `0.4 ms`, `840 ms`, `1.84 s`, `3 m 12 s`, `2 h 05 m` */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return UNKNOWN;
  if (ms < 9.95) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
}

/** `$0.0087`, `$12.30`, `$1,234.50`: two digits that matter, and no fewer than cents. */
export function usd(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  const digits = value === 0 || value >= 0.995 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(value)));
  return `$${grouped(value.toFixed(Math.max(2, digits)))}`;
}

/** `12 %`, `0.4 %` */
export function percent(part: number, whole: number): string {
  if (whole === 0) return UNKNOWN;
  const value = (100 * part) / whole;
  return `${value > 0 && value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

/** `512 B`, `1.4 kB`, `23 MB`, in thousands, as disks are sold. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  let rest = value;
  let unit = 0;
  while (rest >= 999.5 && unit < BYTE_UNITS.length - 1) {
    rest /= 1000;
    unit++;
  }
  const digits = unit === 0 || rest >= 9.95 ? 0 : 1;
  return `${rest.toFixed(digits)} ${BYTE_UNITS[unit]}`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"];

/** `2026-11-22 18:45:00`, in UTC as in the logs; `-` where there is no time. */
export function time(ts: number | null | undefined): string {
  const date = new Date((ts ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? UNKNOWN : date.toISOString().slice(0, 19).replace("T", " ");
}

/** `1 run`, `2 runs` */
export function plural(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** With commas between thousands. `toLocaleString` does the same, and takes 16 ms when it is first called. */
function grouped(digits: string): string {
  return digits.replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, ",");
}
