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
  const message = isObject(thrown) ? get(thrown, "message") : thrown;
  return typeof message === "string" ? message.slice(0, MAX_MESSAGE) : undefined;
}

function describe(thrown: unknown, causes: number): ErrorContext {
  const cause = isObject(thrown)
    ? (get(thrown, "cause") ?? firstOf(get(thrown, "errors")))
    : undefined;
  const code = isObject(thrown) ? get(thrown, "code") : undefined;
  return {
    type: typeName(thrown),
    message: errorMessage(thrown) ?? "",
    code: typeof code === "string" || typeof code === "number" ? String(code).slice(0, 200) : null,
    frames: isObject(thrown) ? frames(get(thrown, "stack")) : [],
    cause: causes > 0 && cause !== undefined && cause !== null ? describe(cause, causes - 1) : null,
  };
}

function typeName(thrown: unknown): string {
  if (!isObject(thrown)) return thrown === null ? "null" : typeof thrown;
  const name = get(thrown, "name");
  const maker = get(thrown, "constructor");
  const className = isObject(maker) ? get(maker, "name") : undefined;
  // Errors of a library often share a class and differ in `name`.
  const generic = className === "Error" || className === "Object";
  const best = [generic ? name : className, className, name].find(
    (candidate) => typeof candidate === "string" && candidate !== "",
  );
  return String(best ?? "Object").slice(0, 200);
}

/** The innermost frames of a stack that are the user's own code. */
function frames(stack: unknown): ErrorFrame[] {
  if (typeof stack !== "string") return [];
  const found: ErrorFrame[] = [];
  for (const line of stack.slice(0, MAX_STACK).split("\n")) {
    const frame = line.length < 2_048 ? parseFrame(line) : undefined;
    if (frame === undefined || isForeign(frame.file)) continue;
    found.push(frame);
    if (found.length === MAX_FRAMES) break;
  }
  return found;
}

// V8: `    at async load (file:///app/agent.ts:10:5)`; JavaScriptCore and Firefox: `load@/app/agent.ts:10:5`.
const V8_FRAME = /^ {4}at (?:(.*) \()?(.*?):(\d+):(\d+)\)?$/;
const OTHER_FRAME = /^([^@]*)@(.*):(\d+):(\d+)$/;

function parseFrame(line: string): ErrorFrame | undefined {
  const [, name, file, row, column] = V8_FRAME.exec(line) ?? OTHER_FRAME.exec(line) ?? [];
  if (file === undefined) return undefined;
  return {
    function: name?.replace(/^async /, "") || null,
    file: file.replace(/^(?:async )?(?:file:\/\/)?/, ""),
    line: Number(row),
    column: Number(column),
  };
}

const FOREIGN =
  /[\\/]node_modules[\\/]|^node:|^internal[\\/]|^native\b|^ext:|^\[native|^<anonymous>/;
// Where the packages of step-log lie while they are not installed; a bundle has no such folder.
const OWN = /^(?:file:\/\/)?(.*[\\/]packages[\\/])core[\\/](?:src|dist)[\\/]/.exec(
  import.meta.url ?? "",
)?.[1];
const OWN_FILE = /^[\w-]+[\\/](?:src|dist)[\\/]/;

function isForeign(file: string): boolean {
  if (FOREIGN.test(file)) return true;
  return OWN !== undefined && file.startsWith(OWN) && OWN_FILE.test(file.slice(OWN.length));
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A property of a thrown value, which may be a proxy, or have getters that throw. */
function get(source: object, key: string): unknown {
  try {
    return Reflect.get(source, key);
  } catch {
    return undefined;
  }
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}
