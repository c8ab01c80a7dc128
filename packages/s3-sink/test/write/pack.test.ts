import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pack, unpackSync } from "../../src/write/pack.ts";

const GZIP = { compression: "gzip", effort: "small", md5: true } as const;

test("lines come back as they were, and the sums are those of the lines and of the body", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 10_000 }),
      fc.constantFrom("small" as const, "fast" as const),
      async (bytes, effort) => {
        const { body, sha256, md5 } = await pack(bytes, { ...GZIP, effort });
        expect(gunzipSync(body)).toEqual(Buffer.from(bytes));
        expect(unpackSync(body, "gzip")).toEqual(Buffer.from(bytes));
        expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
        expect(md5).toBe(createHash("md5").update(body).digest("base64"));
      },
    ),
  );
});

test.each([10, 1_000, 100_000, 5_000_000])(
  "%d bytes take up no more memory than they need",
  async (size) => {
    const { body } = await pack(Buffer.alloc(size, "line\n"), GZIP);
    expect(body.buffer.byteLength).toBeLessThanOrEqual(1.25 * body.length);
  },
);

test("what is not to be compressed is passed on, without a copy", async () => {
  const lines = Buffer.allocUnsafeSlow(1_000).fill("line\n");
  const { body, md5 } = await pack(lines, { compression: "none", effort: "fast", md5: false });
  expect(body).toBe(lines);
  expect(md5).toBeUndefined();
});

test.runIf("zstdCompress" in process.getBuiltinModule("node:zlib"))(
  "zstd, where Node has it",
  async () => {
    const lines = Buffer.from("line\n".repeat(1_000));
    const { body } = await pack(lines, { ...GZIP, compression: "zstd" });
    expect(body.length).toBeLessThan(100);
    expect(unpackSync(body, "zstd")).toEqual(lines);
  },
);
