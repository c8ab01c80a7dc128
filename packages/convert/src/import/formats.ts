import { claudeCode } from "../formats/claude-code.ts";
import { codex } from "../formats/codex.ts";
import { openaiMessages } from "../formats/openai-messages.ts";
import { pi } from "../formats/pi.ts";
import { stepLog } from "../formats/step-log.ts";
import type { Format } from "./format.ts";

/** The formats that can be read, the one that asks for most first: a value may look like several. */
export const FORMATS: readonly Format[] = [stepLog, claudeCode, codex, pi, openaiMessages];

/** The names of the formats, for `ImportOptions.format`. */
export const IMPORT_FORMATS: readonly string[] = FORMATS.map(({ name }) => name);
