import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { truncation } from "../../src/line/truncation.ts";

describe("size and hash", () => {
  test("of a text are those of its UTF-8", () => {
    const text = "€".repeat(100);
    const sha256 = createHash("sha256").update(text).digest("hex");
    expect(truncation(["output"], text)).toEqual({ path: "/output", bytes: 300, sha256 });
  });

  test("of bytes are those of the bytes, also of a part of a buffer", () => {
    const bytes = new Uint8Array(Buffer.from("0123456789".repeat(10))).subarray(20);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(truncation(["data"], bytes)).toEqual({ path: "/data", bytes: 80, sha256 });
  });

  test("of an object or a list are not known", () => {
    expect(truncation(["data"], undefined)).toEqual({ path: "/data", bytes: null, sha256: null });
  });

  test("are not taken of more than 16 Mi, of which only bytes have a size without being read", () => {
    const size = 16 * 1024 * 1024 + 1;
    expect(truncation([], "x".repeat(size))).toMatchObject({ bytes: null, sha256: null });
    expect(truncation([], new Uint8Array(size))).toMatchObject({ bytes: size, sha256: null });
  });

  test("the hash of a short text is left out, since it could be guessed from that", () => {
    expect(truncation([], "hunter2")).toEqual({ path: "", bytes: 7, sha256: null });
    expect(truncation([], "x".repeat(63)).sha256).toBeNull();
    expect(truncation([], "x".repeat(64)).sha256).not.toBeNull();
  });
});

describe("the path", () => {
  test("is a JSON Pointer", () => {
    expect(truncation(["output", "results", 0, "a/b~c"], undefined).path).toBe(
      "/output/results/0/a~1b~0c",
    );
  });

  test("ends at a whole step, within 256 bytes of JSON", () => {
    const key = "€".repeat(30);
    const { path } = truncation(["output", ...Array(100).fill(key)], undefined);
    expect(path).toBe(`/output/${key}/${key}`);
  });
});
