import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { longRun, writeAgentLog } from "../support/agent-log.ts";
import { builtCli } from "../support/built-cli.ts";
import { hasProgram } from "../support/has-program.ts";

const hasTmux = hasProgram("tmux", ["-V"]);
// A server of its own: whoever runs the tests may be in tmux.
const server = `step-log-test-${process.pid}`;
let folder: string;

function tmux(...args: readonly string[]): string {
  const env = { ...process.env, TMUX: "" };
  return execFileSync("tmux", ["-L", server, "-f", "/dev/null", ...args], {
    encoding: "utf8",
    env,
  });
}

/** Waits until the screen shows something; gives it. */
async function shows(session: string, what: RegExp): Promise<string> {
  let screen = "";
  await expect
    .poll(
      () => {
        screen = tmux("capture-pane", "-p", "-t", session);
        return screen;
      },
      { timeout: 20_000, interval: 50 },
    )
    .toMatch(what);
  return screen;
}

/** Waits until the user's lines are back: before that, what is typed is for the command. */
async function isLeft(session: string): Promise<void> {
  const alternate = () => tmux("display-message", "-p", "-t", session, "#{alternate_on}").trim();
  await expect.poll(alternate, { timeout: 20_000, interval: 50 }).toBe("0");
}

/** A shell in a terminal of its own, with the command typed. */
function start(session: string, command: string, [columns, rows] = [80, 24]): void {
  tmux("new-session", "-d", "-s", session, "-x", `${columns}`, "-y", `${rows}`, "-c", folder, "sh");
  tmux("send-keys", "-t", session, "PS1='$ '", "Enter");
  const program = `${process.execPath} ${builtCli()} ${command}`;
  // So that the process is known which signals are for.
  const line = `sh -c 'echo $$ >${session}.pid; exec ${program}'; echo "left with $?"`;
  type(session, line, "Enter");
}

function type(session: string, ...keys: readonly string[]): void {
  tmux("send-keys", "-t", session, ...keys);
}

/** The process that has the terminal of a session. */
function processOf(session: string): number {
  return Number(readFileSync(join(folder, `${session}.pid`), "utf8"));
}

/** A terminal as shells want it: lines are edited, what is typed is seen. */
async function isGivenBack(session: string): Promise<void> {
  tmux("send-keys", "-t", session, "stty -a | tr ' ' '\\n' | grep -x -e icanon -e echo", "Enter");
  await shows(session, /^(?:\$ )?icanon$/m);
  const flags = tmux("display-message", "-p", "-t", session, "#{alternate_on} #{cursor_flag}");
  expect(flags.trim()).toBe("0 1");
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "step-log-terminal-"));
  writeAgentLog(join(folder, "logs"));
});
afterAll(() => {
  if (hasTmux) spawnSync("tmux", ["-L", server, "kill-server"]);
  rmSync(folder, { recursive: true });
});

// Without tmux there is no terminal to be tested on.
const onTerminal = test.skipIf(!hasTmux);

onTerminal(
  "a run is looked at from the list of runs to an error, and the shell is as before",
  async () => {
    start("walk", "replay logs");
    const runs = await shows("walk", /3 runs/);
    expect(runs).toMatch(/run-long +2026-03-02 09:30/);
    await shows("walk", /run-research.* 1$/m);
    type("walk", "End", "Enter");
    await shows("walk", /logs › run-research/);
    type("walk", "e", "Enter");
    expect(await shows("walk", /› step 5/)).toContain(
      "at fetchPage (src/tools/fetch-page.ts:31:12)",
    );
    type("walk", "/");
    type("walk", "-l", "guardrail");
    type("walk", "Enter");
    await shows("walk", /› step 6/);
    // Esc alone is told from the beginning of an arrow key.
    type("walk", "Escape");
    await shows("walk", /\? help/);
    type("walk", "q");
    await shows("walk", /▾|Enter open/);
    type("walk", "t");
    expect(await shows("walk", /run reader/)).toContain("├─ ║ tool search");
    type("walk", "q", "q");
    await shows("walk", /left with 0/);
    await isGivenBack("walk");
  },
);

onTerminal("the page follows the size of the terminal", async () => {
  start("size", "replay logs/run-long.jsonl");
  const small = await shows("size", /1 of 500/);
  expect(small).not.toContain("│");
  tmux("resize-window", "-t", "size", "-x", "200", "-y", "50");
  await shows("size", /│ step[\s\S]*1 of 500/);
  tmux("resize-window", "-t", "size", "-x", "60", "-y", "10");
  const tiny = await shows("size", /^(?![\s\S]*│)[\s\S]*1 of 500/);
  expect(tiny.trimEnd().split("\n")).toHaveLength(10);
});

onTerminal("Ctrl-Z gives the terminal to the shell, and fg takes it again", async () => {
  start("stop", "replay logs/run-long.jsonl");
  await shows("stop", /1 of 500/);
  type("stop", "PageDown", "C-z");
  await shows("stop", /[Ss]topped/);
  type("stop", "", "fg", "Enter");
  await shows("stop", /21 of 500/);
  type("stop", "Q");
  await isLeft("stop");
  type("stop", "echo gone", "Enter");
  await shows("stop", /^(?:\$ )?gone$/m);
  await isGivenBack("stop");
});

onTerminal("Ctrl-Z changes nothing where there is no shell to go to", async () => {
  const command = `${process.execPath} ${builtCli()} replay logs/run-long.jsonl`;
  tmux("new-session", "-d", "-s", "alone", "-x", "80", "-y", "24", "-c", folder, `exec ${command}`);
  await shows("alone", /1 of 500/);
  type("alone", "C-z");
  type("alone", "End");
  await shows("alone", /500 of 500/);
});

onTerminal.each([
  ["Ctrl-C", "130", (session: string) => type(session, "C-c")],
  ["SIGTERM", "143", (session: string) => process.kill(processOf(session), "SIGTERM")],
  ["SIGHUP", "129", (session: string) => process.kill(processOf(session), "SIGHUP")],
  ["SIGINT", "130", (session: string) => process.kill(processOf(session), "SIGINT")],
])("after %s the terminal is as it was, and the exit code %s", async (name, code, end) => {
  start(name, "replay logs/run-long.jsonl");
  await shows(name, /1 of 500/);
  end(name);
  await shows(name, new RegExp(`left with ${code}`));
  await isGivenBack(name);
});

onTerminal("a run that goes on is followed", async () => {
  const path = join(folder, "live.jsonl");
  writeFileSync(path, longRun("live", 30));
  start("live", "replay live.jsonl --follow");
  await shows("live", /of 30/);
  type("live", "End");
  await shows("live", /30 of 30/);
  appendFileSync(path, longRun("live", 40).split("\n").slice(30).join("\n"));
  await shows("live", /40 of 40/);
  type("live", "Q");
  await shows("live", /left with 0/);
});

onTerminal("who leaves in the middle of a search does not wait for its end", async () => {
  writeFileSync(join(folder, "long.jsonl"), longRun("run-a", 50_000));
  start("leave", "replay long.jsonl");
  await shows("leave", /1 of 50,000/);
  type("leave", "/");
  type("leave", "-l", "nowhere");
  type("leave", "Enter", "Q");
  await shows("leave", /left with 0/);
});

onTerminal("the log of another tool is shown, and cannot be followed", async () => {
  const messages = [
    { role: "user", content: "hi" },
    { role: "assistant", content: "yes" },
  ];
  writeFileSync(join(folder, "chat.jsonl"), `${JSON.stringify({ messages })}\n`);
  start("chat", "replay chat.jsonl --follow");
  await shows("chat", /assistant: yes[\s\S]*cannot be followed/);
  type("chat", "q");
  await shows("chat", /left with 0/);
});

onTerminal("a log can be piped in, keys come from the terminal", async () => {
  start("pipe", "replay - < logs/run-long.jsonl");
  await shows("pipe", /1 of 500/);
  type("pipe", "End");
  await shows("pipe", /500 of 500/);
  type("pipe", "Q");
  await shows("pipe", /left with 0/);
  await isGivenBack("pipe");
});

onTerminal("what is longer than the screen goes through the pager", async () => {
  start("pager", "show logs/run-long.jsonl");
  expect(await shows("pager", /run run-long/)).not.toContain("left with");
  type("pager", "q");
  await shows("pager", /left with 0/);
  tmux("send-keys", "-t", "pager", "clear", "Enter");
  type(
    "pager",
    `PAGER=no-such-pager ${process.execPath} ${builtCli()} show logs/run-long.jsonl; echo done`,
    "Enter",
  );
  await shows("pager", /500 {2}tool[\s\S]*done/);
});
