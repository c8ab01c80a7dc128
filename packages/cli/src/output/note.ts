import type { Io } from "../io.ts";
import { visible } from "./visible.ts";

/** Tells the user something beside the answer, on stderr. */
export function note({ stderr }: Pick<Io, "stderr">, text: string): void {
  stderr.write(`step-log: ${visible(text)}\n`);
}
