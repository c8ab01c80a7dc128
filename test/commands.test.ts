import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../packages/cli/src/index.ts";
import { commandsIn, documents, masked } from "../scripts/lib/examples.mjs";
import { root } from "../scripts/lib/run.mjs";

// What a page of documentation has room for.
const COLUMNS = 120;

// biome-ignore lint/suspicious/noUndeclaredEnvVars: for a person at the prompt, not for turbo
const isUpdate = process.env["UPDATE_PAGES"] === "1";

const pages = documents().filter((file) => file.endsWith(".md") && commandsIn(file).length > 0);

describe.each(pages.map((file) => relative(root, file)))("%s", (page) => {
  let cwd: string;
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), "step-log-commands-"));
    const files = join(root, page.replace(/\.md$/, ""));
    if (existsSync(files)) cpSync(files, cwd, { recursive: true });
  });
  afterAll(() => rmSync(cwd, { recursive: true }));

  // In order, in one folder: what one writes is what the next reads.
  test.for(commandsIn(join(root, page)))(
    "the commands at line $line print what the page says",
    async ({ commands, output }) => {
      let printed = "";
      for (const command of commands) printed += await printedBy(command, cwd);
      if (isUpdate) update(join(root, page), commands, output, printed);
      else expect(masked(printed)).toBe(masked(output));
    },
  );
});

/** With `UPDATE_PAGES=1`: writes into the page what the commands print by now, for a person to look at. */
function update(page: string, commands: readonly string[], before: string, printed: string): void {
  const block = (output: string) => `${commands.join("\n")}\n\`\`\`\n\n\`\`\`text\n${output}`;
  const text = readFileSync(page, "utf8");
  writeFileSync(
    page,
    text.replace(block(before), () => block(printed)),
  );
}

/** What a command shows on a terminal without colours, of both its streams. */
async function printedBy(command: string, cwd: string): Promise<string> {
  const pieces: string[] = [];
  const terminal = () => {
    const stream = new Writable({
      write(piece, _encoding, done) {
        pieces.push(String(piece));
        done();
      },
    });
    return Object.assign(stream, { isTTY: true, columns: COLUMNS, rows: 1_000 });
  };
  const exitCode = await run(wordsOf(command).slice(1), {
    stdin: Object.assign(new PassThrough(), { isTTY: true }),
    stdout: terminal(),
    stderr: terminal(),
    env: { NO_COLOR: "1", TERM: "xterm", HOME: cwd },
    cwd,
    signal: new AbortController().signal,
  });
  expect(exitCode, `${command}\n${pieces.join("")}`).toBeLessThan(2);
  // Wrapped lines end in a space, which editors of pages take away.
  return pieces.join("").replaceAll(/ +$/gm, "");
}

/** As a shell splits them, as far as the pages need it: by spaces, but not within quotes. */
function wordsOf(command: string): string[] {
  const words = command.match(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
