import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, sep } from "node:path";
import type { Io } from "../io.ts";

/** Where a tool on this machine keeps its logs, and how much there is. */
export interface MachineLog {
  readonly tool: string;
  readonly folder: string;
  /** The same as people write it: `~/.claude/projects`. */
  readonly name: string;
  /** Each is a run, or one of a sub-agent. */
  readonly files: number;
  readonly bytes: number;
}

type Place = Pick<MachineLog, "tool" | "folder" | "name">;

/**
 * The logs of Claude Code, Codex and pi on this machine, by their files alone: nothing is read.
 *
 * @returns What was found, and all the folders where it was looked for
 */
export async function machineLogs({ env }: Pick<Io, "env">): Promise<{
  readonly found: readonly MachineLog[];
  readonly looked: readonly string[];
}> {
  const places = placesOf(env);
  const logs = await Promise.all(places.map(measured));
  return {
    found: logs.filter(({ files }) => files > 0),
    looked: places.map(({ name }) => name),
  };
}

/** All of these tools write JSONL; beside it lie notes, indexes and outputs of tools. */
export function isTranscript(path: string): boolean {
  return path.endsWith(".jsonl");
}

// Claude Code: code.claude.com/docs/en/claude-directory; Codex: developers.openai.com/codex/config-advanced;
// pi: packages/coding-agent/docs/configuration.md of github.com/earendil-works/pi.
function placesOf(env: Io["env"]): readonly Place[] {
  const home = env["HOME"] ?? homedir();
  const claude = env["CLAUDE_CONFIG_DIR"] || join(home, ".claude");
  const codex = env["CODEX_HOME"] || join(home, ".codex");
  const pi = env["PI_CODING_AGENT_DIR"] || join(home, ".pi", "agent");
  const place = (tool: string, folder: string): Place => {
    const name = folder.startsWith(home + sep) ? `~${folder.slice(home.length)}` : folder;
    return { tool, folder, name };
  };
  return [
    place("Claude Code", join(claude, "projects")),
    place("Codex", join(codex, "sessions")),
    place("Codex", join(codex, "archived_sessions")),
    place("pi", join(pi, "sessions")),
  ];
}

async function measured(place: Place): Promise<MachineLog> {
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(place.folder, options).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && isTranscript(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(paths.map((path) => stat(path).catch(() => ({ size: 0 }))));
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  return { ...place, files: paths.length, bytes };
}
