// The few globals that core uses, as every runtime has them (Node, Bun, Deno, edge, browsers).
// Neither the DOM's types nor Node's are loaded here, so that nothing else can creep in.
export {};

declare global {
  interface AbortSignal {
    readonly aborted: boolean;
    readonly reason: unknown;
    throwIfAborted(): void;
    addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
    removeEventListener(type: "abort", listener: () => void): void;
  }

  const console: {
    warn(...data: unknown[]): void;
  };

  const performance: {
    /** Milliseconds with a fraction, from a clock that never goes back. */
    now(): number;
  };

  class TextEncoder {
    encode(text: string): Uint8Array;
  }

  const crypto: {
    getRandomValues<Bytes extends Uint8Array>(bytes: Bytes): Bytes;
  };

  function queueMicrotask(task: () => void): void;
}
