import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtCli } from "../support/built-cli.ts";
import { hasProgram } from "../support/has-program.ts";
import { runCli } from "../support/run-cli.ts";

const RUN = { step: 1, type: "event", ts: 1, name: "x", data: null };

let cwd: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  mkdirSync(join(cwd, "logs"));
  mkdirSync(join(cwd, "bin"));
  // An id that a shell would run, if it were careless.
  const ids = ["run-abc", "run-abd", "other", `$(touch ${cwd}/owned)`, "`touch owned`", "a b;x"];
  for (const [index, id] of ids.entries()) {
    const line = `${JSON.stringify({ run_id: id, ...RUN })}\n`;
    writeFileSync(join(cwd, `logs/f${index}.jsonl`), line);
  }
  const command = `#!/bin/sh\nexec "${process.execPath}" "${builtCli()}" "$@"\n`;
  writeFileSync(join(cwd, "bin/step-log"), command);
  chmodSync(join(cwd, "bin/step-log"), 0o755);
  env = { ...process.env, PATH: `${join(cwd, "bin")}:${process.env["PATH"]}`, HOME: cwd };
  for (const shell of ["bash", "zsh", "fish"]) {
    const { stdout } = await runCli(["completion", shell]);
    writeFileSync(join(cwd, `${shell}.script`), stdout);
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const sh = (shell: string, args: readonly string[]) =>
  execFileSync(shell, args, { cwd, env, encoding: "utf8", timeout: 20_000 });

/** What bash offers for the last of these words. */
function bash(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `set -u; source bash.script; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}
    _step_log; printf '%s\\n' \${COMPREPLY[@]+"\${COMPREPLY[@]}"}`;
  return sh("bash", ["--norc", "-c", script]).split("\n").filter(Boolean);
}

test.skipIf(!hasProgram("bash"))("bash completes commands, options, choices and run ids", () => {
  expect(bash("step-log", "se")).toEqual(["search"]);
  expect(bash("step-log", "")).toContain("errors");
  expect(bash("step-log", "errors", "--b")).toEqual(["--by"]);
  expect(bash("step-log", "errors", "--by", "")).toEqual(["tool", "type", "message"]);
  expect(bash("step-log", "completion", "")).toEqual(["bash", "zsh", "fish"]);
  expect(bash("step-log", "help", "tai")).toEqual(["tail"]);
  // Files are left to the shell.
  expect(bash("step-log", "errors", "lo")).toEqual([]);
  expect(bash("step-log", "tail", "logs", "--run", "run-")).toEqual(["run-abc", "run-abd"]);
  expect(bash("step-log", "tail", "--run", "o")).toEqual(["other"]);
});

test.skipIf(!hasProgram("fish"))("fish completes commands, options, choices and run ids", () => {
  const fish = (line: string) =>
    sh("fish", ["--no-config", "-c", `source fish.script; complete -C '${line}'`])
      .split("\n")
      .filter(Boolean)
      .map((text) => text.split("\t")[0]);
  expect(fish("step-log sear")).toEqual(["search"]);
  expect(fish("step-log errors --b")).toEqual(["--by"]);
  expect(fish("step-log errors --by t")).toEqual(["tool", "type"]);
  expect(fish("step-log completion z")).toEqual(["zsh"]);
  expect(fish("step-log errors lo")).toEqual(["logs/"]);
  expect(fish("step-log tail logs --run run-")).toEqual(["run-abc", "run-abd"]);
});

test.skipIf(!hasProgram("zsh"))("zsh completes commands, options, choices and run ids", () => {
  // A shell on a terminal of its own, that gets a line and the Tab key.
  const zsh = (line: string, wanted: string) =>
    sh("zsh", [
      "-fc",
      `zmodload zsh/zpty
      zpty shell 'TERM=dumb zsh -f -i'
      zpty -w shell "PROMPT='> '; autoload -Uz compinit; compinit -D -u; source ./zsh.script; unsetopt beep; print rea''dy"
      zpty -r -m shell found '*ready*' || exit 3
      zpty -w -n shell $'${line}\\t'
      zpty -r -m shell found '*${wanted}*' || exit 4
      zpty -d shell
      print -r -- "$found"`,
    ]);
  expect(zsh("step-log sear", "step-log search ")).toContain("search");
  expect(zsh("step-log errors --b", "errors --by ")).toContain("--by");
  expect(zsh("step-log completion z", "completion zsh")).toContain("zsh");
  expect(zsh("step-log tail logs --run oth", "--run other")).toContain("other");
  expect(zsh("step-log errors lo", "errors logs/")).toContain("logs/");
});

test("ids that a shell could run are left out", async () => {
  const { stdout } = await runCli(["completion", "--runs", "logs", "tool"], { cwd });
  expect(stdout.trim().split("\n").sort()).toEqual(["other", "run-abc", "run-abd"]);
});

test("the shell is taken from $SHELL where none is named", async () => {
  const { stdout } = await runCli(["completion"], { env: { SHELL: "/usr/bin/fish" } });
  expect(stdout).toMatch(/^# Completion of step-log for fish/);
  const none = await runCli(["completion"], { env: {} });
  expect(none).toMatchObject({ exitCode: 2, stdout: "" });
  expect((await runCli(["completion", "csh"])).stderr).toContain("Allowed choices are bash");
});
