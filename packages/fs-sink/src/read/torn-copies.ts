import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";

const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const PIECE_BYTES = 64 * 1024;

/**
 * Keeps what a repair overwrites, in `<file>.torn`: for each piece a line
 * `{"file":"agent-steps.jsonl","offset":120,"bytes":17,"ts":1748107200.5}`, then its bytes and `\n`.
 */
export class TornCopies {
  readonly #path: string;
  #handle: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Copies bytes of a file. What cannot be copied whole is not copied at all, and throws. */
  async add(file: FileHandle, offset: number, bytes: number): Promise<void> {
    this.#handle ??= await this.#open();
    const { size } = await this.#handle.stat();
    try {
      const ts = Date.now() / 1000;
      const head = { file: basename(this.#path), offset, bytes, ts };
      await this.#handle.appendFile(`${JSON.stringify(head)}\n`);
      const piece = Buffer.allocUnsafeSlow(Math.min(bytes, PIECE_BYTES));
      for (let done = 0; done < bytes; ) {
        const length = Math.min(piece.length, bytes - done);
        const { bytesRead } = await file.read(piece, 0, length, offset + done);
        if (bytesRead === 0) throw new Error("became shorter");
        await this.#handle.appendFile(piece.subarray(0, bytesRead));
        done += bytesRead;
      }
      await this.#handle.appendFile("\n");
    } catch (error) {
      await this.#handle.truncate(size).catch(() => {});
      throw error;
    }
  }

  /** Makes sure that what was copied is on the disk, before the original goes. */
  async sync(): Promise<void> {
    await this.#handle?.datasync();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  async #open(): Promise<FileHandle> {
    const flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
    const handle = await open(`${this.#path}.torn`, flags, 0o600);
    const stats = await handle.stat();
    if (stats.isFile() && stats.nlink === 1) return handle;
    await handle.close();
    throw new Error(`${this.#path}.torn is no file of its own`);
  }
}
