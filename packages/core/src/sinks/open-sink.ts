import { StepLogError } from "../errors.ts";
import type { Sink } from "../sink.ts";
import type { Source } from "../source.ts";
import { memorySink } from "./memory-sink.ts";

/** How to open the locations of a scheme, such as `s3:`. */
export interface LocationScheme {
  openSink?(location: string, options?: object): Sink | Promise<Sink>;
  openSource?(location: string, options?: object): Source | Promise<Source>;
}

const schemes = /* @__PURE__ */ new Map<string, LocationScheme>([
  ["memory", { openSink: () => memorySink() }],
]);

// Packages that are found without being registered; each exports its `locationScheme`.
const PACKAGES = /* @__PURE__ */ new Map([
  ["file", "@step-log/fs-sink"],
  ["s3", "@step-log/s3-sink"],
]);

/** Makes the locations of a scheme known: `registerScheme("redis", { openSink })` for `redis://…`. */
export function registerScheme(scheme: string, opener: LocationScheme): void {
  schemes.set(scheme.toLowerCase(), opener);
}

/**
 * Opens the sink for a URL or a path: `openSink("./logs/")`, `openSink("s3://bucket/logs/")`.
 *
 * @param options Those of the sink, such as `FsSinkOptions`.
 * @throws StepLogError `UNKNOWN_SCHEME`; what the sink's factory throws.
 */
export async function openSink(location: string, options?: object): Promise<Sink> {
  const scheme = schemeOf(location);
  const { openSink } = await opener(scheme);
  if (openSink === undefined) throw unknown(scheme, "cannot be written to");
  return openSink(location, options);
}

/**
 * Opens a URL or a path for reading.
 *
 * @param options Those of the source, such as `FsSourceOptions`.
 * @throws StepLogError `UNKNOWN_SCHEME`; what the source's factory throws.
 */
export async function openSource(location: string, options?: object): Promise<Source> {
  const scheme = schemeOf(location);
  const { openSource } = await opener(scheme);
  if (openSource === undefined) throw unknown(scheme, "cannot be read");
  return openSource(location, options);
}

function schemeOf(location: string): string {
  // A single letter is a drive of Windows.
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(location)?.[1];
  return scheme?.toLowerCase() ?? "file";
}

async function opener(scheme: string): Promise<LocationScheme> {
  const known = schemes.get(scheme);
  if (known !== undefined) return known;
  const name = PACKAGES.get(scheme);
  if (name === undefined) throw unknown(scheme, "is not registered; call registerScheme first");
  try {
    const { locationScheme } = (await import(name)) as { locationScheme: LocationScheme };
    return locationScheme;
  } catch (cause) {
    throw unknown(scheme, `needs the package ${name}: npm install ${name}`, cause);
  }
}

function unknown(scheme: string, why: string, cause?: unknown): StepLogError {
  return new StepLogError("UNKNOWN_SCHEME", `a location of scheme ${scheme}: ${why}`, { cause });
}
