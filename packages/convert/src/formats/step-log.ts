import { isRecord } from "@step-log/core";
import type { Format } from "../import/format.ts";
import { passRecord } from "../records/pass-record.ts";

/** step-log's own records, also as the Python library `agent-step-log` writes them: as they are. */
export const stepLog: Format = {
  name: "step-log",
  recognises: isRecord,
  read: (output) => ({
    take: (value) => passRecord(output, value),
    end() {},
  }),
};
