import type { Exchange } from "./capture/exchange.ts";
import type { Fetch } from "./fetch.ts";

/** What a tapped `fetch` tells of. No member throws. */
export interface FetchObserver {
  /** A call begins; `undefined` leaves it unseen. */
  begun(...call: Parameters<Fetch>): Exchange | undefined;
  /** Whether a call of this observer's is just being made, whatever fetch calls another for it. */
  isInside: boolean;
  /** Its response has come. */
  responded(exchange: Exchange, response: Response): void;
}

/** A `fetch` that gives what `base` gives, the same promise of the same object or the same error. */
export function tappedFetch(base: () => Fetch, observer: FetchObserver): Fetch {
  return function fetch(input, init) {
    // The base may be, or call, a fetch whose place the same tap has taken.
    if (observer.isInside) return base()(input, init);
    const exchange = observer.begun(input, init);
    let response: Promise<Response>;
    observer.isInside = true;
    try {
      response = base()(input, exchange?.init ?? init);
    } catch (error) {
      exchange?.failed(error);
      throw error;
    } finally {
      observer.isInside = false;
    }
    if (exchange === undefined) return response;
    return Promise.resolve(response).then(
      (value) => {
        observer.responded(exchange, value);
        return value;
      },
      (error) => {
        exchange.failed(error);
        throw error;
      },
    );
  };
}
