// @ts-check
// Uses the packages as a stranger would: packed, installed with npm into an empty project, then
// type-checked, run on every runtime that can be had, and bundled for a browser.
import { existsSync } from "node:fs";
import { checkBrowserBundle } from "./lib/browser-bundle.mjs";
import { Checks } from "./lib/checks.mjs";
import { createConsumer } from "./lib/consumer.mjs";
import { publicPackages } from "./lib/packages.mjs";
import { checkExamples } from "./lib/packed-examples.mjs";
import { root } from "./lib/run.mjs";
import { checkRuntimes } from "./lib/runtimes.mjs";

const checks = new Checks();
const consumer = createConsumer();
const readmes = [root, ...publicPackages().map((it) => it.path)]
  .map((folder) => `${folder}/README.md`)
  .filter((file) => existsSync(file));

await checkExamples(checks, consumer, readmes);
await checkRuntimes(checks, consumer);
await checkBrowserBundle(checks, consumer);
