import { type BadLine, StepLogError } from "@step-log/core";

/** The error that a bad line is where it is not put up with. */
export function badLineError(damage: BadLine): StepLogError {
  const { location, offset, bytes, reason } = damage;
  return new StepLogError(
    "BAD_LINE",
    `${location}, ${bytes} bytes at byte ${offset}: ${reason}; ` +
      'read it with mode "salvage", or repair it',
    { details: { file: location, offset, bytes, reason } },
  );
}
