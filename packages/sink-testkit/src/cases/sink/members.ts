import assert from "node:assert/strict";
import type { Sink } from "@step-log/core";
import { OPTIONAL_MEMBERS } from "../../sink-cases-options.ts";
import type { SinkCase } from "./sink-case.ts";

export const memberCases: readonly SinkCase[] = [
  {
    name: "the sink has a name",
    async run({ sink }) {
      assert.equal(typeof sink.name, "string");
      assert.notEqual(sink.name.trim(), "");
    },
  },
  {
    name: "the optional members are those that the options declare",
    async run({ sink, optional }) {
      const present = OPTIONAL_MEMBERS.filter((member) => sink[member as keyof Sink] !== undefined);
      const declared = OPTIONAL_MEMBERS.filter((member) => optional.includes(member));
      assert.deepEqual(present, declared, "set `optional` to what the sink has");
    },
  },
];
