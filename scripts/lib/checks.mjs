// @ts-check

/**
 * Runs named checks one after the other and prints one line for each; a check fails by throwing.
 * The process exits with 1 when any failed.
 */
export class Checks {
  #failed = 0;

  /**
   * @param {string} name
   * @param {() => string | void | Promise<string | void>} check what it returns is printed beside its name
   */
  async run(name, check) {
    try {
      const note = await check();
      console.log(`  ok      ${name}${note ? `: ${note}` : ""}`);
    } catch (error) {
      this.#failed += 1;
      process.exitCode = 1;
      const text = error instanceof Error ? error.message : String(error);
      console.log(`  FAILED  ${name}\n${text.trimEnd().replaceAll(/^/gm, "          ")}`);
    }
  }

  /**
   * @param {string} name
   * @param {string} reason
   */
  skip(name, reason) {
    console.log(`  skipped ${name}: ${reason}`);
  }

  get failed() {
    return this.#failed;
  }
}
