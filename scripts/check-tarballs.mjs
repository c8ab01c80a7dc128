// @ts-check
// Uses the packages as a stranger would: packed, installed with npm into an empty project, then
// type-checked, run on every runtime that can be had, and bundled for a browser.
import { checkBrowserBundle } from "./lib/browser-bundle.mjs";
import { Checks } from "./lib/checks.mjs";
import { createConsumer } from "./lib/consumer.mjs";
import { checkExamples } from "./lib/packed-examples.mjs";
import { checkRuntimes } from "./lib/runtimes.mjs";

const checks = new Checks();
const consumer = createConsumer();

await checkExamples(checks, consumer);
await checkRuntimes(checks, consumer);
await checkBrowserBundle(checks, consumer);
