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
}

const globals = globalThis as {
  readonly process?: ProcessLike;
  readonly navigator?: { readonly userAgent?: string };
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
  return (builtin("node:os") as { hostname(): string } | undefined)?.hostname() ?? null;
}

/** A module of the host without an import, so that bundles for browsers need no stand-in. */
function builtin(name: string): unknown {
  try {
    return globals.process?.getBuiltinModule?.(name);
  } catch {
    return undefined;
  }
}
