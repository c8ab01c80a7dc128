import type { ErrorContext, ErrorFrame } from "./record.ts";

const MAX_FRAMES = 3;
const MAX_CAUSES = 4;
// The message of an HTTP error may hold a whole response; what matters stands at its beginning.
const MAX_MESSAGE = 8_192;
// A stack has ten frames by default; enough for one that was raised, not for one made to be slow.
const MAX_STACK = 65_536;

/** Describes a thrown value, whatever it is; never throws. */
export function errorContext(thrown: unknown): ErrorContext {
  return describe(thrown, MAX_CAUSES);
}

/** The text of a thrown value, or nothing where it has none; never throws. */
export function errorMessage(thrown: unknown): string | undefined {
  return wholeMessage(thrown)?.slice(0, MAX_MESSAGE);
}

function wholeMessage(thrown: unknown): string | undefined {
  const message = isObject(thrown) ? get(thrown, "message") : thrown;
  return typeof message === "string" ? message : numeral(message);
}

function describe(thrown: unknown, causes: number): ErrorContext {
  const errors = get(thrown, "errors");
  const cause = get(thrown, "cause") ?? (isObject(errors) ? get(errors, "0") : null) ?? null;
  const code = get(thrown, "code");
  const message = wholeMessage(thrown) ?? "";
  return {
    type: typeName(thrown),
    message: message.slice(0, MAX_MESSAGE),
    code: typeof code === "string" ? code.slice(0, 200) : (numeral(code) ?? null),
    frames: frames(get(thrown, "stack"), message),
    cause: causes > 0 && cause !== null ? describe(cause, causes - 1) : null,
  };
}

function typeName(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null)
    return thrown === null ? "null" : typeof thrown;
  const name = get(thrown, "name");
  const maker = get(thrown, "constructor");
  const className = get(maker, "name");
  // A name that the error or its own class was given says more than that of the class, which many
  // errors of a library may share and a minifier makes `t`; an inherited name says less.
  const named = name !== "Error" && (has(thrown, "name") || has(get(maker, "prototype"), "name"));
  const best = (named ? [name, className] : [className, name]).find(
    (candidate) => typeof candidate === "string" && candidate !== "",
  );
  return String(best ?? "Object").slice(0, 200);
}

function numeral(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** The innermost frames of a stack that are the user's own code. */
function frames(stack: unknown, message: string): ErrorFrame[] {
  if (typeof stack !== "string") return [];
  // V8 writes the message first, which may be long, and look like frames.
  const start = stack.indexOf(": ") + 2;
  const from = message !== "" && stack.startsWith(message, start) ? start + message.length : 0;
  const found: ErrorFrame[] = [];
  for (const line of stack.slice(from, from + MAX_STACK).split("\n")) {
    const frame = line.length < 2_048 ? parseFrame(line) : undefined;
    if (frame === undefined || isForeign(frame.file)) continue;
    found.push(frame);
    if (found.length === MAX_FRAMES) break;
  }
  return found;
}

// V8: `    at async load (file:///app/agent.ts:10:5)`; JavaScriptCore and Firefox: `load@/app/agent.ts:10:5`.
const V8_FRAME = /^ {4}at (?:(.*?) \((?=.*\)$))?(.*?):(\d+):(\d+)\)?$/;
const OTHER_FRAME = /^([^@]*)@(.*):(\d+):(\d+)$/;

// With a drive the path begins behind a third slash.
const FILE_URL = /^file:\/\/(?:\/(?=[a-z]:))?/i;

function parseFrame(line: string): ErrorFrame | undefined {
  const [, name, file, row, column] = V8_FRAME.exec(line) ?? OTHER_FRAME.exec(line) ?? [];
  if (file === undefined) return undefined;
  return {
    function: name?.replace(/^async /, "") || null,
    file: file.replace(/^async /, "").replace(FILE_URL, ""),
    line: Number(row),
    column: Number(column),
  };
}

const FOREIGN =
  /[\\/]node_modules[\\/]|^node:|^internal[\\/]|^native\b|^ext:|^eval at |^\[native|^<anonymous>/;
// Where the packages of step-log lie while they are not installed; a bundle has no such folder, "".
// Found out when it is asked for: Node takes a quarter of a millisecond to make an `import.meta`.
let own: string | undefined;
const OWN_FILE = /^[\w-]+[\\/](?:src|dist)[\\/]/;

function ownFolder(): string {
  const file = (import.meta.url ?? "").replace(FILE_URL, "");
  return /^(.*[\\/]packages[\\/])core[\\/](?:src|dist)[\\/]/.exec(file)?.[1] ?? "";
}

function isForeign(file: string): boolean {
  if (FOREIGN.test(file)) return true;
  own ??= ownFolder();
  return own !== "" && file.startsWith(own) && OWN_FILE.test(file.slice(own.length));
}

function has(object: unknown, key: string): boolean {
  try {
    return Object.hasOwn(object as object, key);
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A property of a value, which may be nothing, a proxy, or have getters that throw. */
function get(source: unknown, key: string): unknown {
  try {
    return (source as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
