import type { BodyCopy } from "../capture/body-copy.ts";
import { fields, text } from "./fields.ts";

// Parsing this much takes about a quarter of a millisecond.
const MAX_PARSED = 65_536;

/** The `model` that the JSON body of a request names. In a long one, the first of that name. */
export function modelInBody(body: BodyCopy | undefined): string | null {
  const json = body?.text ?? (body && new TextDecoder().decode(body.kept()));
  if (json === undefined || json === "") return null;
  if (json.length > MAX_PARSED) return /"model"\s*:\s*"([^"\\]{1,200})"/.exec(json)?.[1] ?? null;
  try {
    return text(fields(JSON.parse(json))["model"]);
  } catch {
    return null;
  }
}
