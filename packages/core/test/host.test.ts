import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { clockMs, host, sha256 } from "../src/host.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("Node is known by name, version, host and process", () => {
  expect(host()).toEqual({
    name: "node",
    version: process.versions.node,
    hostname: hostname(),
    pid: process.pid,
  });
});

describe("elsewhere", () => {
  const elsewhere = (globals: Record<string, unknown>) => {
    vi.stubGlobal("process", undefined);
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    return host();
  };
  const nothing = { version: null, hostname: null, pid: null };

  test("a browser or a worker is known by its user agent, at most 200 characters of it", () => {
    expect(elsewhere({ navigator: { userAgent: "Cloudflare-Workers" } })).toEqual({
      name: "Cloudflare-Workers",
      ...nothing,
    });
    expect(elsewhere({ navigator: { userAgent: "M".repeat(500) } }).name).toBe("M".repeat(200));
  });

  test("where there is nothing to tell, it is unknown", () => {
    expect(elsewhere({ navigator: undefined })).toEqual({ name: "unknown", ...nothing });
  });

  test("a stand-in for process, as bundlers put it, harms nothing", () => {
    expect(elsewhere({ navigator: undefined, process: { env: {} } })).toEqual({
      name: "unknown",
      ...nothing,
    });
  });

  test("Bun and Deno, which also say that they are Node, go by their own names", () => {
    const versions = { node: "24.0.0", v8: "13" };
    expect(
      elsewhere({ process: { versions: { ...versions, bun: "1.3.0" }, pid: 7 } }),
    ).toMatchObject({ name: "bun", version: "1.3.0", pid: 7 });
    expect(elsewhere({ process: { versions: { ...versions, deno: "2.5.0" } } })).toMatchObject({
      name: "deno",
      version: "2.5.0",
    });
  });

  test.each(["prompt", "denied"])(
    "Deno is not asked for a host name that it would not give (%s)",
    (state) => {
      const getBuiltinModule = vi.fn();
      const Deno = { permissions: { querySync: vi.fn(() => ({ state })) } };
      expect(
        elsewhere({ Deno, process: { versions: { deno: "2.5.0" }, getBuiltinModule } }).hostname,
      ).toBeNull();
      expect(Deno.permissions.querySync).toHaveBeenCalledWith({ name: "sys", kind: "hostname" });
      expect(getBuiltinModule).not.toHaveBeenCalled();
    },
  );

  test("Deno gives it with the permission", () => {
    const Deno = { permissions: { querySync: () => ({ state: "granted" }) } };
    const getBuiltinModule = () => ({ hostname: () => "here" });
    expect(elsewhere({ Deno, process: { versions: {}, getBuiltinModule } }).hostname).toBe("here");
  });

  test("a host name that throws is not known", () => {
    const getBuiltinModule = () => ({
      hostname() {
        throw new Error("EPERM");
      },
    });
    expect(elsewhere({ process: { versions: {}, getBuiltinModule } }).hostname).toBeNull();
  });
});

describe("sha256", () => {
  test("is that of the UTF-8 of a text, and of bytes as they are", () => {
    for (const data of ["", "€", new Uint8Array([0, 255])]) {
      expect(sha256(data)).toBe(createHash("sha256").update(data).digest("hex"));
    }
  });

  test("is not known where the host has none that answers at once", () => {
    vi.stubGlobal("process", undefined);
    expect(sha256("a")).toBeNull();
  });
});

test.each([
  ["Node", process],
  ["a browser", undefined],
  ["a stand-in for process that has no clock", { env: {} }],
  ["one whose clock throws", { hrtime: () => expect.unreachable() }],
])("the clock of %s goes on, in milliseconds", (_, standIn) => {
  const before = performance.now();
  vi.stubGlobal("process", standIn);
  const began = clockMs();
  let now = began;
  while (now - began < 5) now = clockMs();
  const took = performance.now() - before;
  vi.unstubAllGlobals();
  expect(took).toBeGreaterThanOrEqual(4.9);
  expect(took).toBeLessThan(500);
});
