import { EventStreamCodec } from "@smithy/core/event-streams";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { awsEventDecoder } from "../src/llm/aws-event-decoder.ts";
import { sseDecoder } from "../src/llm/sse-decoder.ts";
import { utf8Decoder } from "../src/llm/utf8-decoder.ts";

/** The bytes in chunks that end at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const text = fc.string({ unit: "binary", maxLength: 40 });
const places = fc.array(fc.nat(200), { maxLength: 8 });

describe("utf8Decoder", () => {
  it("gives the text whatever the borders of the chunks", () => {
    fc.assert(
      fc.property(text, places, (whole, at) => {
        const decode = utf8Decoder();
        const parts = cut(new TextEncoder().encode(whole), at).map(decode);
        expect(parts.join("")).toBe(whole.replace(/^\ufeff/, ""));
      }),
      { numRuns: 2000 },
    );
  });

  it("replaces what is no UTF-8, and goes on", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), places, (bytes, at) => {
        const decode = utf8Decoder();
        const parts = cut(new Uint8Array([...bytes, 0x41]), at).map(decode);
        expect(parts.join("")).toMatch(/A$/);
      }),
    );
  });
});

describe("sseDecoder", () => {
  it("gives the events whatever the borders of the chunks and the ends of lines", () => {
    const line = fc
      .string({ unit: "grapheme", maxLength: 20 })
      .map((it) => it.replace(/[\r\n]/g, ""));
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        places,
        (lines, end, at) => {
          const body = lines.map((data) => `event: a${end}data: ${data}${end}${end}`).join("");
          const got: string[] = [];
          const decoder = sseDecoder((data, event) => got.push(`${event} ${data}`));
          // An end of \r alone is sure to be one only when something follows.
          for (const chunk of cut(new TextEncoder().encode(`${body}:${end}`), at))
            decoder.push(chunk);
          expect(got).toEqual(lines.map((data) => `a ${data}`));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("awsEventDecoder", () => {
  it("gives the messages that AWS's own codec encodes, whatever the borders of the chunks", () => {
    const codec = new EventStreamCodec(
      (bytes) => Buffer.from(bytes).toString("utf8"),
      (utf8) => Buffer.from(utf8, "utf8"),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), places, (payloads, at) => {
        const messages = payloads.map((payload) =>
          codec.encode({
            headers: {
              ":event-type": { type: "string", value: "metadata" },
              a: { type: "boolean", value: true },
              b: { type: "integer", value: 7 },
              c: { type: "timestamp", value: new Date(0) },
              d: { type: "binary", value: new Uint8Array([1, 2]) },
            },
            body: Buffer.from(payload.toWellFormed(), "utf8"),
          }),
        );
        const got: string[] = [];
        const decoder = awsEventDecoder((data, event) => got.push(`${event} ${data}`));
        for (const chunk of cut(new Uint8Array(Buffer.concat(messages)), at)) decoder.push(chunk);
        const bom = /^\ufeff/;
        expect(got).toEqual(payloads.map((it) => `metadata ${it.toWellFormed().replace(bom, "")}`));
      }),
      { numRuns: 500 },
    );
  });
});
