import type { Format, FormatOutput, FormatReader } from "../import/format.ts";
import {
  between,
  count,
  countWith,
  type Foreign,
  fields,
  list,
  text,
  textOf,
  unixSeconds,
} from "../records/foreign.ts";
import type { HeldPlace, ImportedRun } from "../records/imported-run.ts";
import { PendingCalls } from "../records/pending-calls.ts";

/**
 * Transcripts of Claude Code and the Claude Agent SDK: an entry a line, `{"type":"assistant",
 * "sessionId":…,"message":{…}}`.
 *
 * One response stands on several lines, each with a usage of its own, and of those of one `message.id`
 * the last is right (github.com/anthropics/claude-code/issues/87303); so a call is recorded once it is
 * likely that no more lines of it come, and what stands behind it waits, so that the order stays. A sub-agent's lines, `isSidechain`, are a run of their own.
 */
export const claudeCode: Format = {
  name: "claude-code",
  recognises(value) {
    const { type, sessionId, uuid, message } = fields(value);
    return (
      typeof type === "string" &&
      typeof sessionId === "string" &&
      (typeof uuid === "string" || fields(message)["role"] !== undefined)
    );
  },
  read: (output) => new ClaudeCodeReader(output),
};

// Responses of parallel calls may take turns; this many are kept open for further lines.
const MAX_OPEN_RESPONSES = 16;
// Sessions whose lines may take turns: one, and its sub-agents.
const MAX_ACTIVE = 16;
// What waits behind the oldest of them; as a rule some ten records.
const MAX_HELD = 1_000;
// Lines of a sub-agent are found by the line before them; those of the last few thousand are known.
const MAX_KNOWN_LINES = 10_000;
const MAX_EARLY = 1_000;
// Ids of responses that were passed on: some 10 MB.
const MAX_DONE = 100_000;

interface Response {
  readonly step: number;
  /** When the line before it was written, which is about when it was asked for. */
  readonly startedAt: number | null;
  /** Among the records of the run: where its last line so far stands. */
  readonly place: HeldPlace;
  /** Its last line so far. */
  last: { readonly line: Foreign; readonly ts: number | null };
}

interface Session {
  readonly run: ImportedRun;
  readonly calls: PendingCalls;
  readonly open: Map<string, Response>;
  readonly done: Set<string>;
  /** What is the same on all lines, and so stands in the header. */
  readonly constant: Foreign;
  lastTs: number | null;
}

const CONSTANT = ["cwd", "gitBranch", "version", "userType", "slug", "entrypoint"] as const;

class ClaudeCodeReader implements FormatReader {
  readonly #output: FormatOutput;
  readonly #sessions = new Map<string, Session>();
  readonly #sidechainOf = new Map<string, string>();
  /** Sessions that lines came of, the last one last. */
  readonly #active = new Set<Session>();
  #current: Session | undefined;
  // Lines without a session before the first that has one: summaries, snapshots.
  #early: unknown[] | undefined = [];

  constructor(output: FormatOutput) {
    this.#output = output;
  }

  take(value: unknown): void {
    const line = fields(value);
    const early = this.#early;
    if (early !== undefined) {
      if (text(line["sessionId"]) === null && early.push(value) <= MAX_EARLY) return;
      this.#early = undefined;
      this.#line(line, value);
      for (const it of early) if (it !== value) this.#line(fields(it), it);
      return;
    }
    this.#line(line, value);
  }

  #line(line: Foreign, value: unknown): void {
    const ts = unixSeconds(line["timestamp"]);
    const session = this.#sessionOf(line, ts);
    this.#settleIdle(session);
    const { type, message } = line;
    if (type === "assistant" && text(fields(message)["id"]) !== null)
      this.#assistant(session, line, ts);
    else if (type === "user" && fields(message)["role"] === "user") this.#user(session, line, ts);
    else session.run.event(ts, text(type) ?? "line", value);
    session.lastTs = ts ?? session.lastTs;
    const [oldest] = session.open;
    if (session.run.heldCount > MAX_HELD && oldest !== undefined) passResponse(session, ...oldest);
  }

  end(): void {
    for (const it of this.#early ?? []) this.#line(fields(it), it);
    for (const session of this.#sessions.values()) {
      passAll(session);
      session.calls.end();
    }
  }

  /** Files may hold sessions one after the other; what is over by all likelihood need not wait. */
  #settleIdle(session: Session): void {
    this.#active.delete(session);
    this.#active.add(session);
    if (this.#active.size <= MAX_ACTIVE) return;
    const [idle] = this.#active;
    if (idle === undefined) return;
    this.#active.delete(idle);
    passAll(idle);
  }

  #assistant(session: Session, line: Foreign, ts: number | null): void {
    const message = fields(line["message"]);
    const id = String(message["id"]);
    this.#response(session, id, line, ts);
    const told = list(message["content"]).filter((part) => {
      const { type, id: callId, name, input } = fields(part);
      if (type !== "tool_use" || typeof callId !== "string" || typeof name !== "string")
        return true;
      session.calls.ask(ts, callId, name, input);
      return false;
    });
    if (told.length > 0)
      session.run.event(ts, "message", saidIn(session, line, "assistant", told, id));
  }

  #response(session: Session, id: string, line: Foreign, ts: number | null): void {
    const { open, done, run } = session;
    const response = open.get(id);
    if (response !== undefined) {
      response.last = { line, ts };
      run.holdOn(response.place);
      return;
    }
    if (done.has(id)) {
      this.#output.problem(
        `response ${id} goes on after ${MAX_OPEN_RESPONSES} others; its earlier usage was kept`,
      );
      return;
    }
    const step = run.nextStep();
    open.set(id, { step, startedAt: session.lastTs, place: run.hold(), last: { line, ts } });
    for (const [oldest, it] of open) {
      if (open.size <= MAX_OPEN_RESPONSES) break;
      passResponse(session, oldest, it);
    }
  }

  #user(session: Session, line: Foreign, ts: number | null): void {
    const { content } = fields(line["message"]);
    const details = line["toolUseResult"];
    const results: Foreign[] = [];
    const told = list(content).filter((part) => {
      const { type, tool_use_id } = fields(part);
      if (type !== "tool_result" || typeof tool_use_id !== "string") return true;
      results.push(fields(part));
      return false;
    });
    for (const result of results) {
      const output = result["content"];
      session.calls.answer(ts, String(result["tool_use_id"]), {
        // What the model saw; beside it what the tool told the program, which is of all results of the line.
        output: details === undefined ? output : { content: output, details },
        error: result["is_error"] === true ? textOf(output) || "error" : null,
      });
    }
    if (!Array.isArray(content) || told.length > 0 || results.length === 0) {
      session.run.event(
        ts,
        "message",
        saidIn(session, line, "user", Array.isArray(content) ? told : content),
      );
    }
  }

  /** The run that a line is of: the session's, or that of a sub-agent of it. */
  #sessionOf(line: Foreign, ts: number | null): Session {
    const sessionId = text(line["sessionId"]);
    if (sessionId === null)
      return this.#current ?? this.#session(this.#output.name, undefined, line, ts);
    const sidechain = line["isSidechain"] === true ? this.#sidechain(sessionId, line) : undefined;
    const session = this.#session(sidechain ?? sessionId, sidechain && sessionId, line, ts);
    if (sidechain === undefined) this.#current = session;
    return session;
  }

  #sidechain(sessionId: string, line: Foreign): string {
    const { agentId, uuid, parentUuid } = line;
    const before = typeof parentUuid === "string" ? this.#sidechainOf.get(parentUuid) : undefined;
    const id = text(agentId) ?? before?.slice(sessionId.length + 1) ?? text(uuid) ?? "sidechain";
    const runId = `${sessionId}.${id}`;
    if (typeof uuid !== "string") return runId;
    this.#sidechainOf.set(uuid, runId);
    if (this.#sidechainOf.size > MAX_KNOWN_LINES) {
      const [oldest] = this.#sidechainOf.keys();
      this.#sidechainOf.delete(oldest ?? "");
    }
    return runId;
  }

  #session(runId: string, parent: string | undefined, line: Foreign, ts: number | null): Session {
    const known = this.#sessions.get(runId);
    if (known !== undefined) return known;
    const constant = Object.fromEntries(
      CONSTANT.filter((key) => line[key] !== undefined).map((key) => [key, line[key]]),
    );
    const prompt = fields(line["message"])["content"];
    // The parent's call that began it says the same as its first line.
    const asked = this.#sessions
      .get(parent ?? "")
      ?.calls.find(({ input }) => fields(input)["prompt"] === prompt && prompt !== undefined);
    const run = this.#output.run(runId, () => ({
      ts,
      header: {
        agent: { name: "claude-code", version: text(line["version"]) },
        parentRunId: parent ?? null,
        parentStep: asked?.step,
        metadata: { format: "claude-code", ...constant },
      },
    }));
    const session = {
      run,
      calls: new PendingCalls(run),
      open: new Map(),
      done: new Set<string>(),
      constant,
      lastTs: null,
    };
    this.#sessions.set(runId, session);
    return session;
  }
}

function passAll(session: Session): void {
  for (const [id, response] of session.open) passResponse(session, id, response);
}

function passResponse(session: Session, id: string, response: Response): void {
  const { step, startedAt, place, last } = response;
  session.open.delete(id);
  session.done.add(id);
  if (session.done.size > MAX_DONE) {
    const [oldest] = session.done;
    session.done.delete(oldest ?? "");
  }
  const { line, ts } = last;
  const message = fields(line["message"]);
  const usage = message["usage"];
  const counts = fields(usage);
  const model = text(message["model"]);
  const request = text(line["requestId"]);
  session.run.llmCall(
    ts,
    {
      ...(request === null ? {} : { tags: { request_id: request } }),
      model,
      provider: "anthropic",
      // Anthropic counts what it read from and wrote to the cache beside it.
      input_tokens: countWith(
        counts["input_tokens"],
        counts["cache_read_input_tokens"],
        counts["cache_creation_input_tokens"],
      ),
      output_tokens: count(counts["output_tokens"]),
      cache_read_tokens: count(counts["cache_read_input_tokens"]),
      cache_write_tokens: count(counts["cache_creation_input_tokens"]),
      stop_reason: text(message["stop_reason"]),
      response_id: id,
      duration_ms: between(startedAt, ts),
      ...(line["isApiErrorMessage"] === true ? { error: textOf(message["content"]) } : {}),
      usage,
    },
    step,
    place,
  );
}

/** What was said, and of its line all that is not in the header. */
function saidIn(
  session: Session,
  line: Foreign,
  role: string,
  content: unknown,
  id?: string,
): Foreign {
  const { type, message, timestamp, sessionId, requestId, toolUseResult, ...rest } = line;
  const said: Record<string, unknown> = {
    role,
    content,
    ...(id === undefined ? {} : { response_id: id }),
    ...rest,
  };
  for (const key of CONSTANT) if (said[key] === session.constant[key]) delete said[key];
  return said;
}
