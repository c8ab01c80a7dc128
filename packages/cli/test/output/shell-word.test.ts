import { execFileSync } from "node:child_process";
import { safe } from "@step-log/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellWord, stepWords } from "../../src/output/shell-word.ts";

test.skipIf(process.platform === "win32")(
  "a word is one word to a shell, whatever is in it",
  () => {
    const word = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        "$(touch x)",
        "`x`",
        "a'b",
        "a b",
        "-n",
        "",
        "~/x",
        "*",
        "\\",
        '"',
        "!",
        "a\nb",
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 50 }), (words) => {
        const script = `printf '<%s>\\n' ${words.map(shellWord).join(" ")}`;
        const shown = execFileSync("sh", ["-c", script], { encoding: "utf8" });
        const expected =
          words.length === 0 ? "<>\n" : words.map((it) => `<${safe(it)}>\n`).join("");
        expect(shown).toBe(expected);
      }),
      { numRuns: 30 },
    );
  },
);

test("the arguments of a step can be pasted", () => {
  expect(stepWords(["./logs"], "run-abc", 7)).toBe("./logs --run run-abc --step 7");
  expect(stepWords([], "-x y", 7)).toBe("--run='-x y' --step 7");
});
