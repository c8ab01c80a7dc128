import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { TestContext } from "vitest";
import type { Foreign } from "./real-run.ts";

const folder = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** For `beforeEach`: leaves a test out where the recordings are absent; they are not the project's. */
export function skipWithoutData({ skip }: TestContext): void {
  if (!existsSync(folder)) skip("the recordings of ../shared/data are not there");
}

/** The text of a file, unpacked. */
export function dataFile(name: string): string {
  const bytes = readFileSync(folder + name);
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** Every line of a JSONL file that is not empty. */
export function dataLines(name: string): Foreign[] {
  return dataFile(name)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line));
}

/** What the files hold that are of no tool with a reader here, as whole documents or line by line. */
export function otherFiles(): { name: string; data: Foreign }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:json|jsonl|har|traj|txt)$/.test(name) && !READ.test(name))
    .map((name) => ({ name, data: documents(dataFile(name)) }));
}

const READ = /^(?:pi-mono|tau-bench|codex-rollouts|claude-code)[\\/]/;

function documents(text: string): Foreign {
  return parsed(text) ?? text.split("\n").map((line) => parsed(line) ?? line);
}

function parsed(text: string): Foreign {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
