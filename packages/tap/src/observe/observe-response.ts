import { observeStream } from "./observe-stream.ts";
import type { BodyObserver } from "./observed-stream.ts";
import { shadowResponse } from "./shadow-response.ts";

/**
 * Has `observer` hear of what is read of a response, which stays the same object, with all that its
 * consumer may look at. Says whether that can be: not where somebody reads the body already, nor of
 * what is frozen or only looks like a `Response`.
 */
export function observeResponse(response: Response, observer: BodyObserver): boolean {
  const { body } = response;
  if (!(body instanceof ReadableStream) || body.locked) return false;
  const isAsked = asksForReader(response.constructor as typeof Response);
  if (!Object.isExtensible(isAsked ? body : response)) return false;
  if (isAsked) observeStream(body, observer);
  else shadowResponse(response, body, observer);
  return true;
}

const answers = new WeakMap<object, boolean>();

/** Whether `text()` and the like ask the stream of the body for a reader, as those of Node do. */
function asksForReader(NativeResponse: typeof Response): boolean {
  let answer = answers.get(NativeResponse);
  if (answer !== undefined) return answer;
  answer = false;
  const empty = new ReadableStream({ start: (controller) => controller.close() });
  const probe = new NativeResponse(empty);
  if (probe.body === null) return false;
  Object.defineProperty(probe.body, "getReader", {
    value(this: ReadableStream) {
      answer = true;
      return ReadableStream.prototype.getReader.call(this);
    },
  });
  probe.text().catch(() => {});
  answers.set(NativeResponse, answer);
  return answer;
}
