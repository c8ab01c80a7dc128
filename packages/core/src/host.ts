import { attempt } from "./attempt.ts";

/** What this runs on, as far as it can be told: Node, Bun, Deno, a browser, a worker at the edge. */
export interface Host {
  readonly name: string;
  readonly version: string | null;
  readonly hostname: string | null;
  readonly pid: number | null;
}

interface ProcessLike {
  readonly version?: string;
  readonly pid?: number;
  readonly versions?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
  hrtime?(): readonly [seconds: number, nanoseconds: number];
}

interface DenoLike {
  readonly permissions: { querySync(permission: object): { readonly state: string } };
}

const globals = globalThis as {
  readonly process?: ProcessLike;
  readonly navigator?: { readonly userAgent?: string };
  readonly Deno?: DenoLike;
};

/** Describes the host; never throws. */
export function host(): Host {
  const { process, navigator } = globals;
  const versions = process?.versions ?? {};
  const name = ["bun", "deno", "node"].find((runtime) => versions[runtime] !== undefined);
  return {
    name: name ?? navigator?.userAgent?.slice(0, 200) ?? "unknown",
    version: (name && versions[name]) ?? null,
    hostname: hostname(),
    pid: process?.pid ?? null,
  };
}

/** Milliseconds of a clock that nobody sets. Never throws, whatever stands in for `process`. */
export function clockMs(): number {
  // Node takes 0.8 ms to load `performance` when a program first asks for it.
  const time = attempt(() => globals.process?.hrtime?.());
  return Array.isArray(time) ? time[0] * 1e3 + time[1] / 1e6 : performance.now();
}

/** SHA-256 in hex, or `null` where the host has none that answers at once. */
export function sha256(data: string | Uint8Array): string | null {
  const crypto = builtin("node:crypto") as NodeCrypto | undefined;
  return crypto?.createHash("sha256").update(data).digest("hex") ?? null;
}

interface NodeCrypto {
  createHash(name: string): {
    update(data: string | Uint8Array): { digest(encoding: "hex"): string };
  };
}

function hostname(): string | null {
  const wanted = { name: "sys", kind: "hostname" };
  try {
    // Without the permission Deno would throw, and on a terminal stop and ask for it.
    const may = globals.Deno?.permissions.querySync(wanted).state ?? "granted";
    if (may !== "granted") return null;
    return (builtin("node:os") as { hostname(): string } | undefined)?.hostname() ?? null;
  } catch {
    return null;
  }
}

/** A module of the host without an import, so that bundles for browsers need no stand-in. */
function builtin(name: string): unknown {
  try {
    return globals.process?.getBuiltinModule?.(name);
  } catch {
    return undefined;
  }
}
