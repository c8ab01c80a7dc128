// @ts-check
// Packs each public package and looks at the tarball: is its package.json right (publint), are its
// types found by every resolver that can load it (attw)?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Checks } from "./lib/checks.mjs";
import { pack, publicPackages } from "./lib/packages.mjs";
import { mustRun } from "./lib/run.mjs";

const checks = new Checks();
const folder = mkdtempSync(join(tmpdir(), "step-log-pack-"));

for (const it of publicPackages()) {
  const tarball = pack(it, folder);
  await checks.run(`publint ${it.manifest.name}`, () => {
    mustRun("publint", ["run", tarball, "--strict"]);
  });
  await checks.run(`attw ${it.manifest.name}`, () => {
    mustRun("attw", [tarball, "--profile", "esm-only", "--format", "ascii"]);
  });
}

rmSync(folder, { recursive: true });
