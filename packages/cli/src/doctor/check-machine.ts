import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** Looks at what does not depend on a log: Node, packages, environment, terminal. */
export function checkMachine(io: Io): readonly Check[] {
  return [checkNode(process.versions.node), ...checkPackages(io), checkEnv(io), checkTerminal(io)];
}

/** The versions that `engines` of the packages name: `^20.19 || >=22.12`. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isGood = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  const found = `${version} on ${process.platform} ${process.arch}`;
  if (isGood) return ok("Node", found);
  return fail("Node", found, "install Node 22.12 or later (20.19 is the least)");
}

// Those that a user installs.
const PACKAGES = [
  ...["core", "fs-sink", "s3-sink", "run-id", "event-bus", "usage", "tap", "replay", "convert"],
  ...["recorders", "otel-sink", "query", "viewer"],
];

function* checkPackages({ cwd }: Io): Generator<Check, void, void> {
  yield ok("step-log", VERSION);
  const found = Object.fromEntries(
    PACKAGES.flatMap((name) => {
      const version = versionOf(`@step-log/${name}`, cwd);
      return version === undefined ? [] : [[name, version]];
    }),
  );
  const names = Object.entries(found).map(([name, version]) => `${name} ${version}`);
  const core = found["core"];
  const isOther = core !== undefined && release(core) !== release(VERSION);
  if (names.length === 0) {
    yield ok("packages here", "none of @step-log's in this folder's node_modules");
  } else if (isOther) {
    const advice = `npm install @step-log/cli@${release(core)} to read with what it was written with`;
    yield warn("packages here", names.join(", "), advice, found);
  } else {
    yield ok("packages here", names.join(", "), found);
  }
  const sdk = versionOf("@aws-sdk/client-s3", cwd) ?? versionOf("@aws-sdk/client-s3", undefined);
  yield sdk === undefined
    ? warn("s3://", "no @aws-sdk/client-s3", "npm install @aws-sdk/client-s3 to read buckets")
    : ok("s3://", `@aws-sdk/client-s3 ${sdk}`);
}

/** `0.1` of `0.1.4`: what is compatible as long as there is no 1.0. */
function release(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** The version that code in a folder, or this command, gets; without running anything of it. */
function versionOf(name: string, folder: string | undefined): string | undefined {
  try {
    const from = folder === undefined ? import.meta.url : pathToFileURL(join(folder, "x.js"));
    for (const root of createRequire(from).resolve.paths(name) ?? []) {
      const path = join(root, name, "package.json");
      if (!existsSync(path)) continue;
      const { version } = JSON.parse(readFileSync(path, "utf8"));
      return typeof version === "string" ? version : undefined;
    }
  } catch {
    // A package.json that is none: as good as not there.
  }
  return undefined;
}

function checkEnv({ env }: Io): Check {
  const set = Object.entries(env).filter(([name]) => name.startsWith("STEP_LOG_"));
  // Only names that are known: what else is set may be a secret.
  const known = set.map(([name, value]) => (SHOWN_ENV.has(name) ? `${name}=${value}` : name));
  return ok("environment", known.length === 0 ? "no STEP_LOG_… is set" : known.join(", "));
}

const SHOWN_ENV = new Set(["STEP_LOG_DIR", "STEP_LOG_RUN_ID"]);

function checkTerminal({ stdout, env }: Io): Check {
  const isUtf8 = /utf-?8/i.test(env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "");
  const facts = [
    stdout.isTTY ? `${stdout.columns ?? "?"} × ${stdout.rows ?? "?"}` : "stdout is no terminal",
    `TERM=${env["TERM"] ?? ""}`,
    ...(env["NO_COLOR"] ? ["NO_COLOR"] : []),
  ].join(", ");
  if (!stdout.isTTY) return ok("terminal", facts);
  if (env["TERM"] === "dumb") {
    return warn(
      "terminal",
      facts,
      "no colours, and step-log replay needs a terminal that can more",
    );
  }
  const isPosix = process.platform !== "win32";
  if (isPosix && !isUtf8)
    return warn("terminal", facts, "set LANG=C.UTF-8, or signs may be garbled");
  if ((stdout.columns ?? 80) < 80) return warn("terminal", facts, "tables want 80 columns or more");
  return ok("terminal", facts);
}
