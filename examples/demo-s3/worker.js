// A process of its own with an agent in it: what would run in a pod, a container or a Lambda function.
import Anthropic from "@anthropic-ai/sdk";
import { StepLog, teeSink } from "@step-log/core";
import { answer } from "@step-log/example-demo/agent.js";
import { liveSink } from "@step-log/example-demo/live-sink.js";
import { sourceTools } from "@step-log/example-demo/tools.js";
import { s3Sink } from "@step-log/s3-sink";

/** @import { Job } from "./start-worker.js" */

/** @type {Job} */
const {
  url,
  options,
  spoolDir,
  runId,
  joins = false,
  modelUrl,
  root,
  question,
} = JSON.parse(process.argv[2] ?? "{}");

const sink = s3Sink(url, { ...options, spoolDir });

// Without a run it only looks whether somebody has left something in the spool.
if (runId !== undefined) {
  const told = liveSink((record) => process.send?.({ record }));
  const log = new StepLog({
    runId,
    sink: teeSink(sink, told),
    resume: joins,
    run: { agent: { name: "repo-guide", version: "0.1.0" }, taskType: "code-question" },
  });
  const client = new Anthropic({ apiKey: "none", baseURL: modelUrl, maxRetries: 0 });
  const tools = sourceTools(root);
  await answer({ client, model: "claude-sonnet-4-6", log, tools, question });
  await log.close();
}
await sink.close();
process.send?.({ stats: sink.stats() });
process.disconnect?.();
