// Records one step where the AWS SDK cannot be found.
import { register } from "node:module";
import { StepLog } from "@step-log/core";
import { s3Sink } from "../../src/index.ts";

const { endpoint } = JSON.parse(process.argv[2] ?? "{}") as { endpoint: string };

const hook = `export function resolve(specifier, context, next) {
  if (!specifier.startsWith("@aws-sdk/")) return next(specifier, context);
  throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const sink = s3Sink("s3://logs/", {
  endpoint,
  onError({ code, message }) {
    if (code === "MISSING_PACKAGE") console.log(JSON.stringify({ told: code, message }));
  },
});
const log = new StepLog({ runId: "run", sink, run: false });
log.recordEvent("one");
await sink.flush().catch(({ code, lost, pending }) => {
  console.log(JSON.stringify({ flush: code, lost, pending }));
});
