// @ts-check
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { documents, examplesIn, masked } from "./examples.mjs";
import { mustRun, root } from "./run.mjs";

/**
 * Compiles the documentation's examples against the packed packages' types, runs each, and compares
 * what it prints with what the page says.
 *
 * @param {import("./checks.mjs").Checks} checks
 * @param {string} consumer
 */
export async function checkExamples(checks, consumer) {
  const folder = join(consumer, "examples");
  mkdirSync(folder);
  const examples = documents()
    .flatMap(examplesIn)
    .map((example, index) => {
      const place = `${relative(root, example.file)}:${example.line}`;
      writeFileSync(join(folder, `${index}.ts`), `// ${place}\n${example.code}`);
      return { ...example, place, script: join(folder, `${index}.js`) };
    });
  if (examples.length === 0) return checks.skip("examples", "there is none");

  const tsconfig = {
    compilerOptions: {
      target: "ES2022",
      lib: ["ES2023", "ESNext.Disposable"],
      module: "NodeNext",
      types: ["node"],
      strict: true,
      skipLibCheck: false,
    },
    include: ["*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  await checks.run(`types of ${examples.length} examples`, () => {
    mustRun("tsc", ["-p", folder]);
  });

  for (const { place, script, output } of examples) {
    await checks.run(`example ${place}`, () => {
      const cwd = script.replace(/\.js$/, "");
      mkdirSync(cwd);
      const printed = mustRun(process.execPath, [script], { cwd, timeoutMs: 60_000 }).stdout;
      if (output === undefined || masked(printed) === masked(output)) return;
      throw new Error(`the page says\n${masked(output)}\n\nbut it printed\n${masked(printed)}`);
    });
  }
}
