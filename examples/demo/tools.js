import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";

const MAX_MATCHES = 12;
// The longest line that a search shows: past it, code is generated or data.
const MAX_LINE_CHARS = 200;
// About 16,000 tokens at four characters each; no source file here is near that.
const MAX_FILE_CHARS = 64_000;

/** What the model is told of the tools. */
export const toolDefinitions = [
  define("list_files", "Lists the source files below a folder.", { path: "folder" }),
  define("search_code", "Finds the lines that contain a text.", { path: "folder", query: "text" }),
  define("read_file", "Reads a source file.", { path: "file" }),
];

/**
 * The tools themselves: they read the source files below `root`, and nothing else.
 *
 * @param {string} root
 */
export function sourceTools(root) {
  /** @type {Record<string, (input: any) => Promise<unknown>>} */
  const tools = {
    async list_files({ path }) {
      return { files: await filesBelow(root, await inside(root, path)) };
    },
    async search_code({ path, query }) {
      const found = [];
      for (const file of await filesBelow(root, await inside(root, path))) {
        const lines = (await readFile(join(root, file), "utf8")).split("\n");
        for (const [index, line] of lines.entries()) {
          if (!line.includes(String(query))) continue;
          found.push({ file, line: index + 1, text: line.trim().slice(0, MAX_LINE_CHARS) });
        }
      }
      const matches = found.slice(0, MAX_MATCHES);
      return found.length > MAX_MATCHES ? { matches, found: found.length } : { matches };
    },
    async read_file({ path }) {
      const text = await readFile(await inside(root, path), "utf8");
      return { text: text.slice(0, MAX_FILE_CHARS) };
    },
  };

  return {
    /** @param {string} name @param {unknown} input */
    async run(name, input) {
      const tool = tools[name];
      if (tool === undefined) throw new Error(`there is no tool ${name}`);
      return await tool(input);
    },
  };
}

/**
 * The real path of `path`, which a model wrote and which is therefore not trusted.
 *
 * @param {string} root
 * @param {unknown} path
 */
async function inside(root, path) {
  const home = await realpath(root);
  let real;
  try {
    real = await realpath(resolve(home, String(path)));
  } catch (cause) {
    throw new Error(`there is no file ${path}`, { cause });
  }
  const isInside = real === home || real.startsWith(home + sep);
  if (!isInside || relative(home, real).split(sep).some(isIgnored)) {
    throw new Error(`${path} is not part of the source`);
  }
  return real;
}

/**
 * Files as paths from `root`, with `/`; links are not followed.
 *
 * @param {string} root
 * @param {string} path of a folder or a file
 * @returns {Promise<string[]>}
 */
async function filesBelow(root, path) {
  if ((await stat(path)).isFile()) {
    return [relative(await realpath(root), path).replaceAll(sep, "/")];
  }
  const entries = await readdir(path, { withFileTypes: true });
  const below = entries
    .filter((entry) => !isIgnored(entry.name) && (entry.isFile() || entry.isDirectory()))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => filesBelow(root, join(path, entry.name)));
  return (await Promise.all(below)).flat();
}

/** @param {string} name of a file or folder; one with a dot, such as `.env`, may hold keys */
function isIgnored(name) {
  return /^(\..+|node_modules|dist|coverage|logs)$/.test(name);
}

/** @param {string} name @param {string} description @param {Record<string, string>} parameters */
function define(name, description, parameters) {
  const properties = Object.fromEntries(
    Object.entries(parameters).map(([key, meaning]) => [
      key,
      { type: "string", description: meaning },
    ]),
  );
  const required = Object.keys(parameters);
  return {
    name,
    description,
    input_schema: { type: /** @type {const} */ ("object"), properties, required },
  };
}
