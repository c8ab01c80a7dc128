import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { TestContext } from "vitest";

/** Recordings of other tools, which are not the project's. */
export const folder: string = fileURLToPath(
  new URL("../../../../../shared/data/", import.meta.url),
);

/** For `beforeEach`: leaves a test out where the recordings are absent. */
export function skipWithoutData({ skip }: TestContext): void {
  if (!existsSync(folder)) skip("the recordings of ../shared/data are not there");
}

/** The files of a folder of recordings, by their paths. */
export function filesIn(name: string): string[] {
  return existsSync(folder + name)
    ? readdirSync(folder + name).map((file) => `${folder}${name}/${file}`)
    : [];
}

/** Every line of a JSONL file, or the document of another, as JSON of any shape. */
// biome-ignore lint/suspicious/noExplicitAny: a wrong guess shows as a failing test
export function valuesOf(path: string): any[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  if (!/\.jsonl$/.test(path)) return [JSON.parse(text)].flat();
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line)]));
}
