// @ts-check
// The examples of the documentation: in the READMEs, in `docs/`, in the comments of the sources. Every
// fenced `ts` block with an `import` is one, and has to run as it stands, unless its fence says
// `ts ignore`. When the next fenced block is `text`, that is what the example prints.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { publicPackages } from "./packages.mjs";
import { root } from "./run.mjs";

//
// Every fenced `sh` block of nothing but `step-log …` commands with a `text` block behind it is run, too:
// the blocks of a page one after the other, in a copy of the folder that has the page's name.

/** @typedef {{ file: string, line: number, code: string, output: string | undefined }} Example */
/** @typedef {{ line: number, commands: string[], output: string }} CommandExample */

const FENCE = /^```([^\n]*)\n(.*?)^```\s*$/gms;

/**
 * The files that may hold examples.
 *
 * @returns {string[]}
 */
export function documents() {
  const packages = publicPackages().map((it) => it.path);
  const pages = [root, ...packages].map((folder) => `${folder}/README.md`).filter(existsSync);
  const sources = packages.flatMap((path) => filesIn(`${path}/src`, ".ts"));
  return [...pages, ...filesIn(`${root}/docs`, ".md"), ...sources];
}

/**
 * @param {string} file Markdown, or TypeScript with Markdown in its comments
 * @returns {Example[]}
 */
export function examplesIn(file) {
  const blocks = blocksIn(file);
  return blocks.flatMap(({ language, body, line }, index) => {
    if (language !== "ts" || !/^import /m.test(body)) return [];
    const next = blocks[index + 1];
    return [{ file, line, code: body, output: next?.language === "text" ? next.body : undefined }];
  });
}

/**
 * @param {string} file Markdown
 * @returns {CommandExample[]}
 */
export function commandsIn(file) {
  const blocks = blocksIn(file);
  return blocks.flatMap(({ language, body, line }, index) => {
    const commands = body.trim().split("\n");
    const next = blocks[index + 1];
    const isExample = language === "sh" && commands.every((it) => it.startsWith("step-log "));
    return isExample && next?.language === "text" ? [{ line, commands, output: next.body }] : [];
  });
}

/** @param {string} file */
function blocksIn(file) {
  const raw = readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  const text = file.endsWith(".ts") ? raw.replaceAll(/^ *\* ?/gm, "") : raw;
  return [...text.matchAll(FENCE)].map((match) => ({
    language: match[1]?.trim(),
    body: match[2] ?? "",
    line: text.slice(0, match.index).split("\n").length,
  }));
}

/**
 * @param {string} folder
 * @param {string} ending
 */
function filesIn(folder, ending) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
}

// What differs from run to run, in the order in which it is looked for.
const VOLATILE = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<uuid>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "<time>"],
  [/\bin \d+(\.\d+)? m?s, \d+(\.\d+)? [kMG]?B\/s/g, "in <duration>, <rate>"],
  [/\b1\d{9}(\.\d+)?\b/g, "<time>"], // Unix seconds up to the year 2033
  [/\b1\d{12}\b/g, "<time>"], // the same in milliseconds
  [/\b\d+(\.\d+)?(?= ?(ms|s|seconds?)\b)/g, "<duration>"],
  [/((duration|token)_?ms"?: ?)\d+(\.\d+)?/gi, "$1<duration>"],
  [/(127\.0\.0\.1|localhost):\d+/g, "$1:<port>"],
  [/("?\bpid"?: ?)\d+/g, "$1<pid>"],
  [/("?\bhostname"?: ?)["'][^"']*["']/g, "$1<hostname>"],
  [/(?:file:\/\/)?(?:\/[\w.@+-]+)+\/(?=[\w.@+-]+\.\w+:\d+)/g, "<folder>/"],
];

/**
 * Replaces what differs from run to run (times, durations, ids, ports, folders) by its kind.
 *
 * @param {string} output
 */
export function masked(output) {
  let text = output.trim();
  for (const [pattern, kind] of VOLATILE) {
    text = text.replaceAll(/** @type {RegExp} */ (pattern), /** @type {string} */ (kind));
  }
  return text;
}
