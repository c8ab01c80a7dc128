import type { StepRecord } from "../record.ts";
import { type RecordIssue, recordIssues } from "./validate-record.ts";

/** What validating a value comes to: the value itself, or what is wrong with it. */
export type RecordResult =
  | { readonly value: StepRecord; readonly issues?: undefined }
  | { readonly issues: readonly RecordIssue[] };

/** A Standard Schema, version 1 (`@standard-schema/spec`), of one record. */
export interface RecordSchema {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "step-log";
    readonly validate: (value: unknown) => RecordResult;
    readonly types?: { readonly input: StepRecord; readonly output: StepRecord } | undefined;
  };
}

/** Validates a record in whole, as `schema.json` does, for whatever takes a Standard Schema. */
export const recordSchema: RecordSchema = {
  "~standard": {
    version: 1,
    vendor: "step-log",
    validate(value) {
      const issues = recordIssues(value);
      return issues.length > 0 ? { issues } : { value: value as StepRecord };
    },
  },
};
