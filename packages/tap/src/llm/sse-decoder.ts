import { createParser } from "eventsource-parser";
import { type EventDecoder, MAX_EVENT_BYTES, type OnEvent } from "./event-decoder.ts";
import { utf8Decoder } from "./utf8-decoder.ts";

/** Server-sent events. */
export function sseDecoder(onEvent: OnEvent): EventDecoder {
  const decode = utf8Decoder();
  const parser = createParser({
    onEvent: ({ data, event }) => onEvent(data, event),
    maxBufferSize: MAX_EVENT_BYTES,
  });
  let endsInReturn = false;
  return {
    push(chunk) {
      let text = decode(chunk);
      if (text === "") return;
      // A line may end in \r\n, whose halves may come apart. The parser is quadratic in lines that
      // end in \r alone, so it gets none.
      if (endsInReturn && text.startsWith("\n")) text = text.slice(1);
      endsInReturn = text.endsWith("\r");
      parser.feed(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
    },
  };
}
