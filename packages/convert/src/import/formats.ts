import { atif } from "../formats/atif.ts";
import { claudeCode } from "../formats/claude-code.ts";
import { codex } from "../formats/codex.ts";
import { har } from "../formats/har.ts";
import { inspect } from "../formats/inspect.ts";
import { managedAgent } from "../formats/managed-agent.ts";
import { miniSweAgent } from "../formats/mini-swe-agent.ts";
import { openaiMessages } from "../formats/openai-messages.ts";
import { otlp } from "../formats/otlp.ts";
import { pi } from "../formats/pi.ts";
import { providerResponse } from "../formats/provider-response.ts";
import { stepLog } from "../formats/step-log.ts";
import { sweAgent } from "../formats/swe-agent.ts";
import type { Format } from "./format.ts";

/** The formats that can be read, the one that asks for most first: a value may look like several. */
export const FORMATS: readonly Format[] = [
  stepLog,
  otlp,
  atif,
  claudeCode,
  codex,
  pi,
  sweAgent,
  miniSweAgent,
  inspect,
  managedAgent,
  har,
  openaiMessages,
  providerResponse,
];

/** The names of the formats, for `ImportOptions.format`. */
export const IMPORT_FORMATS: readonly string[] = FORMATS.map(({ name }) => name);
