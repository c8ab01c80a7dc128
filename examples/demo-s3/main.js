import { fileURLToPath } from "node:url";
import { demoS3 } from "./demo-s3.js";

const { env, stdout } = process;

// The AWS SDK warns of Node 20 in every process, in the middle of the picture.
env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

process.exitCode = await demoS3({
  root: fileURLToPath(new URL("../../", import.meta.url)),
  workerPath: fileURLToPath(new URL("./worker.js", import.meta.url)),
  env,
  print: console.log,
  columns: stdout.columns ?? 80,
  color: stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb",
});
