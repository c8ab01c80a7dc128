/** The command line cannot be carried out as it stands: the exit code is 2, and no stack is shown. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
