import { fields, list } from "./foreign.ts";

/** Attributes of OTLP-JSON, `[{"key":…,"value":{"stringValue":…}}]`, as plain values by their names. */
export function attributesOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    list(value).map((it) => {
      const { key, value: any } = fields(it);
      return [String(key), plainValue(any)];
    }),
  );
}

function plainValue(value: unknown): unknown {
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue, bytesValue } =
    fields(value);
  // 64-bit numbers are texts in OTLP-JSON; older exporters write numbers.
  if (intValue !== undefined) return Number(intValue);
  if (arrayValue !== undefined) return list(fields(arrayValue)["values"]).map(plainValue);
  if (kvlistValue !== undefined) return attributesOf(fields(kvlistValue)["values"]);
  return stringValue ?? doubleValue ?? boolValue ?? bytesValue ?? null;
}
