import { Copied, type Values } from "./plain.ts";

/** Values as they are, for what writes only plain data. Throws for what would have to be changed first. */
export const RAW_VALUES: Values = {
  value(value, key) {
    if (key === "tags" && !Object.values(value as object).every(isText)) throw NOT_PLAIN;
    if (!Copied.is(value)) return value ?? null;
    if (value.by.cuts.length > 0 || value.by.redactions > 0) throw NOT_PLAIN;
    return value.json;
  },
  shaped: (value) => value,
  text(value) {
    if (isText(value)) return value;
    throw NOT_PLAIN;
  },
};

const NOT_PLAIN: object = {};

function isText(value: unknown): value is string {
  return typeof value === "string";
}
