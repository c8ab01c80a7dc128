// Modules of Node that take some milliseconds to load, and that are not needed before a part is sealed.

export function nodeCrypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto");
}

export function nodeFsPromises(): typeof import("node:fs/promises") {
  return process.getBuiltinModule("node:fs/promises");
}

export function nodeOs(): typeof import("node:os") {
  return process.getBuiltinModule("node:os");
}

export function nodeZlib(): typeof import("node:zlib") {
  return process.getBuiltinModule("node:zlib");
}

/** SHA-256 in hex. */
export function sha256Of(data: string | Uint8Array): string {
  return nodeCrypto().createHash("sha256").update(data).digest("hex");
}
