import { createParser } from "eventsource-parser";
import { type EventDecoder, MAX_EVENT_BYTES, type OnEvent } from "./event-decoder.ts";

/** Server-sent events; characters may be split over chunks. */
export function sseDecoder(onEvent: OnEvent): EventDecoder {
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent: ({ data, event }) => onEvent(data, event),
    maxBufferSize: MAX_EVENT_BYTES,
  });
  let endsInReturn = false;
  return {
    push(chunk) {
      let text = decoder.decode(chunk, { stream: true });
      if (text === "") return;
      // A line may end in \r\n, whose halves may come apart. The parser is quadratic in lines that
      // end in \r alone, so it gets none.
      if (endsInReturn && text.startsWith("\n")) text = text.slice(1);
      endsInReturn = text.endsWith("\r");
      parser.feed(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
    },
  };
}
