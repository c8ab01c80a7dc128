// All of the reading, loaded when something is read: most programs that write a log never do.
export { fileSizes } from "./file-sizes.ts";
export { followLog } from "./follow-log.ts";
export { lastItems } from "./last-items.ts";
export { listRuns } from "./list-runs.ts";
export { listLogFiles } from "./log-files.ts";
export { mendFile } from "./mend-file.ts";
export { readLog, readRun } from "./read-log.ts";
export { readLogFile } from "./read-log-file.ts";
export { ReadableFile } from "./readable-file.ts";
export { StepAudit } from "./step-audit.ts";
export { summarizeLog } from "./summarize-log.ts";
