import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recordSchema } from "../../src/schema/record-schema.ts";
import { mutatedRecord, validRecord } from "./records.ts";

const schema = JSON.parse(readFileSync(new URL("../../schema.json", import.meta.url), "utf8"));

// Strict: an unknown keyword or a mistaken one throws.
const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** Whether the validator of this package takes a value. */
function taken(value: unknown): boolean {
  return recordSchema["~standard"].validate(value).issues === undefined;
}

describe("schema.json", () => {
  it("is itself valid by the draft that it names", () => {
    const ajv = new Ajv2020();
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
  });

  it("takes the lines of the Python library", () => {
    for (const line of [
      '{"run_id":"run-abc123","step":1,"type":"llm_call","model":"claude-sonnet-4-6","input_tokens":1200,"output_tokens":340,"stop_reason":"tool_use","duration_ms":1840,"ts":1748107200.123}',
      '{"run_id":"run-abc123","step":2,"type":"tool_call","tool":"search_documents","input":{"query":"Q3 revenue"},"output":{"results":[]},"error":null,"duration_ms":240,"ts":1748107202.456}',
    ]) {
      expect(accepts(JSON.parse(line)), line).toBe(true);
      expect(taken(JSON.parse(line)), line).toBe(true);
    }
  });

  it("takes every record that follows the format, as the validator does", () => {
    fc.assert(
      fc.property(validRecord, (record) => {
        expect(recordSchema["~standard"].validate(record)).toEqual({ value: record });
        expect(accepts(record)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with the validator on records in which something is wrong", () => {
    let refused = 0;
    fc.assert(
      fc.property(mutatedRecord, (record) => {
        const valid = taken(record);
        expect(valid).toBe(accepts(record));
        if (!valid) refused += 1;
      }),
      { numRuns: 3000 },
    );
    // The rest hit a key that may hold anything.
    expect(refused).toBeGreaterThan(1000);
  });

  it("agrees with the validator on what is no record at all", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(taken(value)).toBe(accepts(value));
      }),
    );
  });

  it("says in a sentence what each key is", () => {
    const described = (properties: Record<string, { description?: string; const?: string }>) => {
      for (const [key, value] of Object.entries(properties)) {
        if (value.const === undefined) expect(value.description, key).toMatch(/^[A-Z].*\.$/);
      }
    };
    described(schema.properties);
    const { unknown: _, ...defs } = schema.$defs;
    for (const def of Object.values<{ properties?: Record<string, object> }>(defs)) {
      described(def.properties ?? {});
    }
  });
});
