import { currentRun, errorListeners, StepLogError, uuidV7 } from "@step-log/core";
import { attempts } from "./capture/attempts.ts";
import { Exchange, type ExchangeContext } from "./capture/exchange.ts";
import { openCalls } from "./capture/open-calls.ts";
import { type RecentCalls, recentCalls } from "./capture/recent-calls.ts";
import type { Fetch } from "./fetch.ts";
import { interceptFetch } from "./intercept-fetch.ts";
import { apiFinder } from "./llm/api-finder.ts";
import { LLM_APIS } from "./llm/llm-apis.ts";
import { beginLlmCall, type LlmLog } from "./llm/record-llm-call.ts";
import { scrubber } from "./record/scrubber.ts";
import { wireWriter } from "./record/wire-writer.ts";
import type { Tap } from "./tap.ts";
import { checkOptions, type TapOptions } from "./tap-options.ts";
import { type FetchObserver, tappedFetch } from "./tapped-fetch.ts";

const MAX_BODY_BYTES = 1_048_576;
const KEEP = 100;
const KEEP_BYTES = 33_554_432;
// Copies of all calls that are under way: 64 bodies of 1 MiB.
const MAX_OPEN_BYTES = 67_108_864;

/**
 * Makes a tap: a `fetch` that passes everything on unchanged and keeps a copy.
 *
 * Nothing that goes wrong inside reaches a call; it is counted in `stats` and told to `onError`.
 *
 * @throws TypeError for options that cannot be meant.
 */
export function createTap(options: TapOptions = {}): Tap {
  checkOptions(options);
  const { sink, maxBodyBytes = MAX_BODY_BYTES, redact = true } = options;
  const { keep = KEEP, keepBytes = KEEP_BYTES } = options;
  const counts = { calls: 0, recorded: 0, dropped: 0, failures: 0, unseen: 0, truncated: 0 };
  const listeners = errorListeners(options.onError);
  const recent = recentCalls(keep, keepBytes);
  const sessions = new Set<RecentCalls>();
  const logs = new Set<() => LlmLog | undefined>();
  const llmCalls = new WeakMap<Exchange, readonly (() => void)[]>();
  const attemptOf = attempts();
  const calls = openCalls(record);

  const secrets = redact === true ? {} : typeof redact === "object" ? redact : undefined;
  const write = wireWriter({
    sink,
    maxBodyBytes,
    scrub: scrubber(options.headers ?? [], secrets, (pattern, cause) => {
      failed(`the pattern ${pattern} of redact failed and is no longer used`, cause);
    }),
    redact: typeof redact === "function" ? redact : undefined,
    ownRunId: uuidV7(),
  });

  const context: ExchangeContext = {
    maxBodyBytes,
    budget: { left: MAX_OPEN_BYTES },
    apiAt: apiFinder([...(options.apis ?? []), ...LLM_APIS]),
    guard,
    answered,
    ended,
  };

  function failed(message: string, cause: unknown, lost = 0): void {
    listeners.tell(new StepLogError("RECORD_FAILED", `tap: ${message}`, { cause, lost }));
  }

  function guard<T>(fn: () => T): T | undefined {
    try {
      return fn();
    } catch (cause) {
      counts.failures++;
      failed("a part of an exchange could not be captured", cause);
      return undefined;
    }
  }

  const observer: FetchObserver = {
    isInside: false,
    begun(input, init) {
      counts.calls++;
      const exchange = guard(() => new Exchange(input, init, context));
      if (exchange !== undefined) guard(() => begun(exchange));
      return exchange;
    },
    responded(exchange, response) {
      guard(() => {
        try {
          exchange.responded(response);
          calls.readThrough(exchange, response.body);
        } catch (cause) {
          exchange.leave();
          throw cause;
        }
        if (exchange.isUnseen) counts.unseen++;
      });
    },
  };

  function begun(exchange: Exchange): void {
    calls.begun(exchange);
    const found = [...logs].flatMap((find) => guard(find) ?? []);
    const [log] = found;
    const told = options.link && guard(options.link);
    exchange.link = told ?? (log === undefined ? currentRun() : { runId: log.runId }) ?? {};
    if (exchange.target === undefined) return;
    const ends = found.flatMap((each) => guard(() => beginLlmCall(each, exchange)) ?? []);
    if (ends.length > 0) llmCalls.set(exchange, ends);
  }

  function answered(exchange: Exchange): void {
    guard(() => {
      exchange.attempt = attemptOf(exchange);
      for (const end of llmCalls.get(exchange) ?? []) end();
    });
  }

  function ended(exchange: Exchange): void {
    guard(() => calls.ended(exchange));
  }

  function record(exchange: Exchange): void {
    try {
      const { record, bytes } = write(exchange);
      if (sink !== undefined) counts.recorded++;
      if (record.truncated !== undefined) counts.truncated++;
      for (const each of [recent, ...sessions]) each.add(record, bytes);
    } catch (cause) {
      counts.dropped++;
      failed("an exchange could not be recorded", cause, 1);
    } finally {
      exchange.requestBody?.release();
      exchange.responseBody?.release();
    }
  }

  function all(of: RecentCalls) {
    calls.drain();
    return of.all();
  }

  const wrap = (fetch: Fetch): Fetch => tappedFetch(() => fetch, observer);
  return {
    fetch: tappedFetch(() => options.fetch ?? globalThis.fetch, observer),
    wrap,
    get last() {
      return all(recent).at(-1);
    },
    all: () => all(recent),
    reset() {
      calls.drain();
      recent.clear();
    },
    session() {
      calls.drain();
      const own = recentCalls(keep, keepBytes);
      sessions.add(own);
      const end = () => {
        calls.drain();
        sessions.delete(own);
      };
      return { all: () => all(own), end, [Symbol.dispose]: end };
    },
    intercept: (target = globalThis) => interceptFetch(target, wrap),
    recordInto(log) {
      const find = typeof log === "function" ? log : () => log;
      logs.add(find);
      return () => void logs.delete(find);
    },
    stats: () => ({ ...counts, open: calls.size }),
    async flush() {
      await calls.settled();
      await sink?.flush();
    },
  };
}
