import { describe, vi } from "vitest";
import { followCases } from "./follow-cases.ts";

// A system without the means, or with all of them in use.
vi.mock("node:fs", async (importOriginal) => ({
  ...(await importOriginal<typeof import("node:fs")>()),
  watch() {
    throw Object.assign(new Error("no space left for watches"), { code: "ENOSPC" });
  },
}));

describe("where the system does not tell of changes", () => followCases({ pollMs: 30 }));
