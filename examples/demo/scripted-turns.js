/**
 * A tool result that the model has been given.
 *
 * @typedef {{ tool: string, output: any, error: string | null }} Result
 */

/**
 * What the model says in one turn: text, and the calls it wants made.
 *
 * @typedef {{ text: string, calls?: [tool: string, input: object][] }} Saying
 */

/**
 * One turn; it takes `thinkMs`, so that durations look like durations.
 *
 * @typedef {{ thinkMs: number, usage: Usage, say(results: readonly Result[]): Saying }} Turn
 * @typedef {ReturnType<typeof usage>} Usage
 */

/**
 * Stands in for the model's thinking: each turn makes something of what the tools really found, so
 * that the answer holds for the source as it is. The second turn makes a mistake that models make:
 * it asks for a `.js` where the source is TypeScript.
 *
 * @type {readonly Turn[]}
 */
export const scriptedTurns = [
  {
    thinkMs: 190,
    usage: usage({ fresh: 3, cacheWrite: 1_406, cacheRead: 0, output: 171 }),
    say: () => ({
      text: "I will look at what there is, and at where JSON is made.",
      calls: [
        ["list_files", { path: "packages/core/src" }],
        ["search_code", { path: "packages/core/src", query: "JSON.stringify(" }],
        ["search_code", { path: "packages/core/src", query: "Circular" }],
      ],
    }),
  },
  {
    thinkMs: 120,
    usage: usage({ fresh: 1, cacheWrite: 1_182, cacheRead: 1_406, output: 94 }),
    say: (results) => {
      const { line } = findings(results);
      if (line === undefined) return { text: "I found no place where JSON is made." };
      return {
        text: `${line.file} looks right; I will read it.`,
        calls: [["read_file", { path: line.file.replace(/\.ts$/, ".js") }]],
      };
    },
  },
  {
    thinkMs: 110,
    usage: usage({ fresh: 1, cacheWrite: 148, cacheRead: 2_588, output: 118 }),
    say: (results) => {
      const { line, odd = line } = findings(results);
      return {
        text: "The source is TypeScript, so the name ends in .ts.",
        calls: [...new Set([line.file, odd.file])].map((path) => ["read_file", { path }]),
      };
    },
  },
  {
    thinkMs: 260,
    usage: usage({ fresh: 1, cacheWrite: 3_377, cacheRead: 2_736, output: 226 }),
    say: (results) => {
      const { line, odd } = findings(results);
      const found = [`${line.file} decides it, in line ${line.line}:\n\n    ${line.text}`];
      if (odd !== undefined) {
        found.push(`Before that, ${odd.file} turns a value that JSON cannot carry into a text; \
one that holds itself, for example, in line ${odd.line}:\n\n    ${odd.text}`);
      }
      return { text: found.join("\n\n") };
    },
  },
];

/** What the two searches found that answers the question. @param {readonly Result[]} results */
function findings(results) {
  const [json, odd] = results.filter(({ tool }) => tool === "search_code");
  return {
    line: json?.output?.matches.find((/** @type {any} */ { file }) => /line/.test(file)),
    odd: odd?.output?.matches.find((/** @type {any} */ { text }) => !text.startsWith("*")),
  };
}

/**
 * As the Messages API counts: `input_tokens` without those that the cache wrote or read.
 *
 * @param {{ fresh: number, cacheWrite: number, cacheRead: number, output: number }} tokens
 */
function usage({ fresh, cacheWrite, cacheRead, output }) {
  return {
    input_tokens: fresh,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: "standard",
  };
}
