import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests import `@step-log/*` from source, so that they need no build. Without "module", which is for
// bundlers: Node cannot load what the AWS SDK has under it.
const conditions = ["@step-log/source", "node", "development|production"];

const root = fileURLToPath(new URL("./", import.meta.url));

/** One test project for every folder in `parent` that is a package. */
function projectsIn(parent: string) {
  return readdirSync(root + parent)
    .filter((name) => existsSync(`${root}${parent}/${name}/package.json`))
    .map((name) => ({
      extends: true as const,
      // Absolute, since vitest resolves a relative root from where it was started.
      test: {
        name: parent === "packages" ? name : `${parent}/${name}`,
        root: `${root}${parent}/${name}`,
        include: ["test/**/*.test.ts"],
        // Takes minutes: `npm run test:faults`.
        exclude: ["test/faults/**"],
      },
    }));
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    passWithNoTests: true,
    // Tests start processes, on machines that are busy with others.
    testTimeout: 30_000,
    projects: [
      ...projectsIn("packages"),
      ...projectsIn("examples"),
      { extends: true as const, test: { name: "repo", root, include: ["test/**/*.test.ts"] } },
    ],
    coverage: { provider: "v8", include: ["packages/*/src/**"] },
  },
});
