import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// What takes minutes: faults of disks, files, clocks and processes. `npm run test:faults`.
export default defineConfig({
  resolve: base.resolve ?? {},
  ssr: base.ssr ?? {},
  test: {
    name: "faults",
    root: fileURLToPath(new URL("./packages/fs-sink", import.meta.url)),
    include: ["test/faults/**/*.test.ts"],
    testTimeout: 120_000,
    // Most of the time is waiting, for timers and for other processes.
    maxConcurrency: 16,
    // The figures, and what is not tested here and why.
    reporters: ["default"],
    passWithNoTests: false,
  },
});
