import { lossLedger, type Sink, StepLogError } from "@step-log/core";
import type { EventBus } from "./event-bus.ts";
import { recordChannel } from "./record-channel.ts";
import { type RecordEvents, topicOf } from "./record-events.ts";

/**
 * A sink that tells a bus of every record, as an event of its topic, and the channel `step-log:record` of
 * `node:diagnostics_channel` of every entry. It keeps nothing: use it beside another, `teeSink(fsSink(path), busSink(bus))`.
 *
 * `flush` waits for no subscriber, `bus.idle()` does. `close` leaves the bus open, for other sinks and events.
 */
export function busSink(bus: Pick<EventBus<RecordEvents>, "active" | "emit">): Sink {
  const channel = recordChannel();
  const losses = lossLedger();
  let written = 0;
  let lostSinceFlush = 0;
  let closed = false;
  return {
    name: "bus",
    write(entry) {
      if (closed) {
        losses.add(entry, "CLOSED");
        lostSinceFlush++;
        return;
      }
      written++;
      if (channel?.hasSubscribers) channel.publish(entry);
      // An entry may make its record when it is asked for it, so nobody asks without need.
      if (!bus.active) return;
      const { record, bytes } = entry;
      bus.emit(topicOf(record), record, bytes?.length ?? entry.line.length);
    },
    async flush() {
      if (lostSinceFlush === 0) return;
      const lost = lostSinceFlush;
      lostSinceFlush = 0;
      throw new StepLogError("CLOSED", `bus: ${lost} entries came after close`, { lost });
    },
    async close() {
      closed = true;
    },
    flushSync() {},
    stats: (runId) => ({ written, pending: 0, pendingBytes: 0, dropped: losses.count(runId) }),
  };
}
