// Modules of Node that take some milliseconds to load, and that most programs never come to need.

export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto");
}

export function nodeZlib(): typeof import("node:zlib") {
  return process.getBuiltinModule("node:zlib");
}

/** 8 random characters, to tell what this process makes from what others do. */
export function randomMark(): string {
  return nodeCrypto().randomBytes(4).toString("hex");
}
