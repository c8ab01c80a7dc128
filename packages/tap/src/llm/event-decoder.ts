/** Cuts a stream of bytes into events. */
export interface EventDecoder {
  /** Takes the next bytes, at any boundary. Throws once it can go on no more. */
  push(chunk: Uint8Array): void;
}

/** Takes the text of an event, and its name where it has one. */
export type OnEvent = (data: string, event: string | undefined) => void;

// The largest known are whole responses with images in base64, some megabytes.
export const MAX_EVENT_BYTES = 16_777_216;
