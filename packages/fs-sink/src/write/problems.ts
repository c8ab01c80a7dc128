import { StepLogError, type StepLogErrorCode, type StepLogErrorOptions } from "@step-log/core";

/** Tells of the problems of a file, each once, until it has gone and come again. */
export class Problems {
  readonly #tell: (error: StepLogError) => void;
  readonly #path: string;
  readonly #told = new Set<StepLogErrorCode>();

  constructor(path: string, tell: (error: StepLogError) => void) {
    this.#path = path;
    this.#tell = tell;
  }

  tell(code: StepLogErrorCode, message: string, options: StepLogErrorOptions = {}): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#tell(
      new StepLogError(code, `fs: ${message}`, { ...options, details: { path: this.#path } }),
    );
  }

  /** Writing works again; whether the lock is to be had is another matter. */
  clear(): void {
    for (const code of this.#told) if (code !== "LOCK_BUSY") this.#told.delete(code);
  }
}
