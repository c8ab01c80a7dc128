import { fork } from "node:child_process";
import { once } from "node:events";
import { program } from "../../child.ts";
import type { Command, Report } from "../../children/fault-worker.ts";

/** A process that runs logs, made to fail or not. */
export interface Worker {
  readonly pid: number;
  readonly stderr: () => string;
  /** The steps of each run that it said were safe. */
  readonly acknowledged: () => Readonly<Record<string, readonly number[]>>;
  /** One command at a time. */
  ask(command: Command): Promise<Report>;
  /** Has it end by itself; says how it did. */
  end(): Promise<Ending>;
  /** How it ends. */
  readonly ended: Promise<Ending>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Starts one. */
export async function startWorker(env: Readonly<Record<string, string>>): Promise<Worker> {
  const child = fork(program("fault-worker"), [], {
    env: { ...process.env, ...env },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  let asked: PromiseWithResolvers<Report> | undefined;
  // "close" does not come when the channel was closed by us.
  const ended: Promise<Ending> = Promise.all([
    once(child, "exit"),
    ...[child.stdout, child.stderr].map((stream) => stream && once(stream, "close")),
  ]).then(([exit]) => {
    const [code, signal] = exit ?? [];
    asked?.reject(new Error(`the worker ended with ${code ?? signal}: ${stderr}`));
    return { code, signal };
  });
  child.on("message", (report: Report) => asked?.resolve(report));
  const answer = () => {
    asked = withResolvers();
    return asked.promise;
  };
  await answer(); // that it is ready
  return {
    pid: child.pid ?? 0,
    stderr: () => stderr,
    acknowledged() {
      const steps: Record<string, number[]> = {};
      for (const line of stdout.trimEnd().split("\n")) {
        const [runId = "", step] = line.split(" ");
        if (runId !== "") steps[runId] = [...new Set(steps[runId]).add(Number(step))];
      }
      return steps;
    },
    ended,
    ask(command) {
      const answered = answer();
      child.send(command);
      return answered;
    },
    end() {
      asked = undefined;
      child.disconnect();
      return ended;
    },
  };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

// Promise.withResolvers, which Node 20 does not have.
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((resolved, rejected) => {
    [resolve, reject] = [resolved, rejected];
  });
  return { promise, resolve, reject };
}
