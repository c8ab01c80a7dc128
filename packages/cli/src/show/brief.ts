import type { Json } from "@step-log/core";

// More than a line of the widest terminal has.
const MAX_CHARS = 300;
const MAX_KEYS = 8;

/**
 * A value in one line, as much as has room there, however large it is: `path: a.ts, limit: 10`; of an
 * object with a single key the value alone.
 */
export function brief(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object" || Array.isArray(value)) return part(value, MAX_CHARS);
  const keys = Object.keys(value);
  const object = value as { readonly [key: string]: Json };
  const [only = ""] = keys;
  if (keys.length === 1) return part(object[only] ?? null, MAX_CHARS);
  let text = "";
  for (const key of keys.slice(0, MAX_KEYS)) {
    if (text.length > MAX_CHARS) break;
    text += `${text === "" ? "" : ", "}${key}: ${part(object[key] ?? null, MAX_CHARS)}`;
  }
  return text;
}

function part(value: Json, maxChars: number): string {
  if (typeof value === "string") return oneLine(value, maxChars);
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, 3).map((it: Json) => leaf(it, maxChars / 3));
    return `[${shown.join(", ")}${value.length > 3 ? `, … ${value.length}` : ""}]`;
  }
  const object = value as { readonly [key: string]: Json };
  const keys = Object.keys(value);
  const shown = keys.slice(0, 3).map((key) => `${key}: ${leaf(object[key] ?? null, maxChars / 3)}`);
  return `{${shown.join(", ")}${keys.length > 3 ? ", …" : ""}}`;
}

function leaf(value: Json, maxChars: number): string {
  if (typeof value === "string") return oneLine(value, maxChars);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : "[…]";
  return typeof value === "object" && value !== null ? "{…}" : String(value);
}

function oneLine(text: string, maxChars: number): string {
  return text.slice(0, maxChars).replaceAll(/\s+/g, " ").trim();
}
