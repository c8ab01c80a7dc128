import { Replay, runTree } from "@step-log/replay";
import { listRuns, readOverviews, runsInSight } from "./run-list.ts";
import type { SessionOptions } from "./session-options.ts";
import { openRunOf, pageOf, type ReplayState, stepsPageOf } from "./state/replay-state.ts";
import { isSearching } from "./state/seek.ts";
import type { Message } from "./state/update.ts";
import { turnTaker } from "./turn-taker.ts";

/** What goes on beside keys and frames: whatever the state needs, and nothing that it does not. */
export interface SessionWork {
  reconcile(): void;
  end(): void;
}

// While a run is read, more often than this nobody sees.
const READ_FRAME_MS = 100;

// Steps that fill the largest terminals: the first page does not wait for a frame's time.
const FIRST_PAGE = 100;

const ON_REQUEST = new Set(["read", "follow"]);

/** Makes the work of a session; `fail` hears of what leaves nothing to show. */
export function sessionWork(
  { log, openToFollow, costOf }: SessionOptions,
  stateNow: () => ReplayState,
  send: (message: Message) => void,
  fail: (error: unknown) => void,
): SessionWork {
  const running = new Map<string, AbortController>();
  const done = new Set<string>();

  /** Does a work once, for as long as it is wanted. */
  const keep = (
    kind: string,
    key: string | undefined,
    start: (signal: AbortSignal) => Promise<void>,
  ) => {
    for (const [name, left] of running) {
      if (name.startsWith(`${kind} `) && name !== `${kind} ${key}`) {
        running.delete(name);
        left.abort();
      }
    }
    const name = `${kind} ${key}`;
    if (key === undefined || running.has(name) || done.has(name)) return;
    const left = new AbortController();
    running.set(name, left);
    start(left.signal).then(
      () => {
        if (running.get(name) === left) running.delete(name);
      },
      (error: unknown) => {
        if (left.signal.aborted) return;
        running.delete(name);
        // Tried again it would fail again, but for what the user asks for anew.
        if (!ON_REQUEST.has(kind)) done.add(name);
        const isAll = kind === "runs" || (kind === "read" && stateNow().pages.length === 1);
        const text = error instanceof Error ? error.message : String(error);
        // What is beside the point is told; without the run there is nothing to show.
        if (isAll) fail(error);
        else if (kind === "read" || kind === "follow") send({ kind: "failed", what: kind, text });
        else send({ kind: "notice", text });
      },
    );
  };

  const read = async (runId: string, signal: AbortSignal, isFollowing: boolean) => {
    const source = isFollowing ? await openToFollow() : log;
    const known = stateNow().opened.get(runId)?.replay;
    const replay = known ?? new Replay(runId, { costOf });
    const turn = turnTaker();
    let sentAt = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const tell = () => {
      timer = undefined;
      sentAt = performance.now();
      send({ kind: "read", replay, isComplete: isFollowing });
    };
    try {
      for await (const _ of replay.follow(source, { signal })) {
        await turn();
        const rest = READ_FRAME_MS - (performance.now() - sentAt);
        if (replay.length < FIRST_PAGE || rest > 0) timer ??= setTimeout(tell, Math.max(0, rest));
        else if (timer === undefined) tell();
      }
    } finally {
      clearTimeout(timer);
    }
    if (replay.length === 0) throw new Error(`there are no records of run ${runId} in ${log.name}`);
    send({ kind: "read", replay, isComplete: true });
  };

  return {
    reconcile() {
      const state = stateNow();
      const page = pageOf(state);
      const runId = stepsPageOf(state)?.runId;
      const isFollowing = state.isFollowing && runId !== undefined;
      keep("runs", state.areRunsComplete ? undefined : "all", (signal) =>
        listRuns(log, send, signal),
      );
      keep(
        "overviews",
        state.areRunsComplete && runsInSight(state).length > 0 ? "seen" : undefined,
        (signal) => readOverviews(log, () => runsInSight(stateNow()), costOf, send, signal),
      );
      const isRead = openRunOf(state)?.isComplete === true;
      keep("read", isFollowing || isRead ? undefined : runId, (signal) =>
        read(runId ?? "", signal, false),
      );
      keep("follow", isFollowing ? runId : undefined, (signal) => read(runId ?? "", signal, true));
      const run = openRunOf(state);
      const wantsTree =
        page.kind === "steps" && page.view === "tree" && run?.isComplete && !isFollowing;
      keep("tree", wantsTree && run.tree === null ? run.runId : undefined, async (signal) => {
        const tree = await runTree(log, run?.runId ?? "", { costOf, signal });
        send({ kind: "tree", tree });
      });
      keep("search", isSearching(state) ? "on" : undefined, searchOn);
    },
    end() {
      for (const left of running.values()) left.abort();
    },
  };

  async function searchOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && isSearching(stateNow())) {
      await new Promise((resolve) => setImmediate(resolve));
      send({ kind: "time" });
    }
  }
}
