type Lockfile = typeof import("proper-lockfile");

let loading: Promise<Lockfile> | undefined;

/**
 * Loads proper-lockfile when it is first needed; that takes some 4 ms.
 *
 * A copy of our own gets stand-ins for two packages that change the process they are loaded in. With
 * signal-exit it would listen for signals, and a process whose event loop is blocked could no more be
 * ended by SIGTERM. graceful-fs replaces `process.cwd`, `process.chdir` and `fs.close`, and takes 10 ms and
 * 5 MB; what it does about too many open files, a lock, which opens none, does not need. A program that uses
 * these packages itself gets copies that work as ever.
 */
export function loadLockfile(): Promise<Lockfile> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Lockfile> {
  try {
    return ownCopy();
  } catch {
    // In a bundle it cannot be found by its name, and is loaded as the bundler sees fit.
    const module = (await import("proper-lockfile")) as { default?: Lockfile } & Lockfile;
    return module.default ?? module;
  }
}

function ownCopy(): Lockfile {
  // Not imported above, since it takes a millisecond to load.
  const { createRequire } = process.getBuiltinModule("node:module");
  const require = createRequire(import.meta.url);
  const path = require.resolve("proper-lockfile");
  const { cache } = require;
  if (cache[path] !== undefined) return require(path); // the program's
  const ofProgram = { ...cache };
  const { resolve } = createRequire(path);
  const standIns: Record<string, unknown> = {
    "signal-exit": () => {},
    // Not fs itself, since proper-lockfile keeps what it found out in it.
    "graceful-fs": Object.create(process.getBuiltinModule("node:fs")),
  };
  try {
    for (const name in standIns) {
      cache[resolve(name)] = { exports: standIns[name], loaded: true } as NodeJS.Module;
    }
    return require(path);
  } finally {
    for (const loaded in cache) {
      if (cache[loaded] !== ofProgram[loaded]) delete cache[loaded];
    }
    Object.assign(cache, ofProgram);
  }
}
