import { fileURLToPath } from "node:url";
import { demo } from "./demo.js";

const { env, stdout } = process;

process.exitCode = await demo({
  root: fileURLToPath(new URL("../../", import.meta.url)),
  logDir: "./logs/demo/",
  env,
  print: console.log,
  columns: stdout.columns ?? 80,
  color: stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb",
});
