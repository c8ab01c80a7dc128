import { closeSync, openSync } from "node:fs";
import { emitKeypressEvents, type Interface } from "node:readline";
import { ReadStream } from "node:tty";
import type { Input, Io } from "../io.ts";
import { UsageError } from "../usage-error.ts";
import type { Key } from "./key.ts";
import { type Screen, screenOn } from "./screen.ts";

/** What a program on the whole terminal does about what happens there. */
export interface TerminalApp {
  readonly onKey: (key: Key) => void;
  readonly onResize: () => void;
}

/** A terminal that was taken. */
export interface TerminalSession {
  readonly screen: Screen;
  /** Lets the shell have the terminal until it is continued. */
  suspend(): void;
  /** Gives the terminal back. */
  end(): void;
}

// Esc alone is told from the beginning of an arrow key by the time; over slow lines these take some 30 ms.
const ESCAPE_TIMEOUT_MS = 50;
// A stop comes at once; the time goes on when it is over.
const NOT_STOPPED_MS = 100;

/**
 * Takes the terminal, and gives it back however the process ends: in order, by an error, by SIGTERM or
 * SIGHUP. Ctrl-Z and SIGTSTP give it back until SIGCONT.
 *
 * @throws UsageError where there is none to read keys from
 */
export function takeTerminal(io: Io, app: TerminalApp): TerminalSession {
  const { input, close } = keyboardOf(io.stdin);
  const screen = screenOn(io.stdout);
  const output = io.stdout;
  const onKeypress = (text: string | undefined, { name, ctrl, shift }: Key) => {
    app.onKey({ name, ctrl, shift, text: ctrl ? undefined : text });
  };
  const take = () => {
    input.setRawMode?.(true);
    input.resume();
    screen.enter();
  };
  const give = () => {
    screen.leave();
    input.setRawMode?.(false);
  };
  let isStopped = false;
  const onContinue = () => {
    if (!isStopped) return;
    isStopped = false;
    process.removeListener("SIGCONT", onContinue);
    process.once("SIGTSTP", onStop);
    take();
    screen.forget();
    app.onResize();
  };
  // The whole group, as the terminal itself does it: npx and the shell's job have to stop, too.
  const stop = (target: number) => {
    give();
    isStopped = true;
    process.removeListener("SIGTSTP", onStop);
    process.once("SIGCONT", onContinue);
    process.kill(target, "SIGTSTP");
    // Without a shell that could continue it, the system stops nothing.
    setTimeout(onContinue, NOT_STOPPED_MS);
  };
  const onStop = () => stop(process.pid);
  const onTerminate = (signal: NodeJS.Signals) => {
    end();
    process.kill(process.pid, signal);
  };
  let hasEnded = false;
  const end = () => {
    if (hasEnded) return;
    hasEnded = true;
    isStopped = false;
    for (const signal of ENDING) process.removeListener(signal, onTerminate);
    process.removeListener("SIGTSTP", onStop);
    process.removeListener("SIGCONT", onContinue);
    process.removeListener("exit", end);
    input.removeListener("keypress", onKeypress);
    output.removeListener("resize", app.onResize);
    give();
    input.pause();
    close();
  };
  emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_TIMEOUT_MS } as unknown as Interface);
  input.on("keypress", onKeypress);
  output.on("resize", app.onResize);
  for (const signal of ENDING) process.once(signal, onTerminate);
  if (process.platform !== "win32") process.once("SIGTSTP", onStop);
  process.once("exit", end);
  take();
  return {
    screen,
    suspend: () => process.platform !== "win32" && stop(0),
    end,
  };
}

const ENDING = ["SIGTERM", "SIGHUP"] as const;

/** stdin; where a log is piped in there, the terminal itself. */
function keyboardOf(stdin: Input): { input: Input; close: () => void } {
  if (stdin.isTTY === true) return { input: stdin, close: () => {} };
  let fd: number;
  try {
    fd = openSync("/dev/tty", "r");
  } catch {
    throw new UsageError(
      "there is no terminal to read keys from; print with --step N, or use step-log show",
    );
  }
  try {
    const input = new ReadStream(fd);
    return { input, close: () => input.destroy() };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
