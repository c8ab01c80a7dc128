import * as core from "@step-log/core";
import * as fsSink from "@step-log/fs-sink";
import * as sinkTestkit from "@step-log/sink-testkit";

const exported = [core, fsSink, sinkTestkit].map((module) => Object.keys(module).length);
console.log(`step-log: ${exported.join(" + ")} exports`);
