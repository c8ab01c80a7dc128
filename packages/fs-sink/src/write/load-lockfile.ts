import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

type Lockfile = typeof import("proper-lockfile");

let loading: Promise<Lockfile> | undefined;

/**
 * Loads proper-lockfile when it is first needed, in steps of less than a millisecond with turns of the
 * event loop between them.
 *
 * It gets stand-ins for the packages that it needs. With signal-exit it would listen for signals, and
 * a process whose event loop is blocked could no more be ended by SIGTERM; graceful-fs replaces
 * `process.cwd`, `process.chdir` and `fs.close`. So its files are read and run here, and not
 * by `require`, which would keep them for others; it would also take 5 ms and 5 MB, the most of it for
 * Node's own loader. A program that uses these packages itself gets copies that work as ever.
 */
export function loadLockfile(): Promise<Lockfile> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Lockfile> {
  await nextTurn();
  try {
    return await ownCopy();
  } catch {
    // In a bundle it cannot be found by its name, and is loaded as the bundler sees fit.
    const module = (await import("proper-lockfile")) as { default?: Lockfile } & Lockfile;
    return module.default ?? module;
  }
}

async function ownCopy(): Promise<Lockfile> {
  // Not imported above, since they take a millisecond to load.
  const { createRequire } = process.getBuiltinModule("node:module");
  const require = createRequire(import.meta.url);
  await nextTurn();
  const main = require.resolve("proper-lockfile");
  await nextTurn();
  return runFile(main, new Map()) as Lockfile;
}

/** What a CommonJS file of proper-lockfile exports, with stand-ins for what is not its own. */
function runFile(path: string, loaded: Map<string, { exports: unknown }>): unknown {
  const known = loaded.get(path);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(path, module);
  const { compileFunction } = process.getBuiltinModule("node:vm");
  const parameters = ["exports", "require", "module"];
  const run = compileFunction(readFileSync(path, "utf8"), parameters, { filename: path });
  const require = (name: string) =>
    name.startsWith(".") ? runFile(join(dirname(path), `${name}.js`), loaded) : standIn(name);
  run(module.exports, require, module);
  return module.exports;
}

function standIn(name: string): unknown {
  switch (name) {
    case "graceful-fs":
      // Not fs itself, since proper-lockfile keeps what it found out in it.
      return Object.create(process.getBuiltinModule("node:fs"));
    case "path":
      return process.getBuiltinModule("node:path");
    case "retry":
      return { operation: once };
    case "signal-exit":
      return () => {};
    default:
      throw new Error(`a stand-in for ${name} is missing`);
  }
}

/** An operation of `retry` that is not retried. */
function once(): object {
  let failure: unknown;
  return {
    attempt: (attempt: () => void) => attempt(),
    retry(error: unknown) {
      failure = error;
      return false;
    },
    mainError: () => failure,
  };
}
