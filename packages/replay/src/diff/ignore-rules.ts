/**
 * Compiles rules that name places in a step: JSON Pointers such as `/input/request_id`, in which `*`
 * stands for any one key and `**` for any number of them. What lies inside a place goes with it.
 *
 * @throws TypeError for a rule that is no JSON Pointer
 */
export function ignoreRules(rules: readonly string[] = []): (path: string) => boolean {
  if (rules.length === 0) return () => false;
  const patterns = rules.map(patternOf);
  return (path) => path !== "" && patterns.some((pattern) => pattern.test(path));
}

function patternOf(rule: string): RegExp {
  if (typeof rule !== "string" || !/^\/./.test(rule)) {
    throw new TypeError(`ignore: a rule is a path such as "/output/id", got ${String(rule)}`);
  }
  const parts = rule.slice(1).split("/");
  const source = parts.map((part) => {
    if (part === "**") return "(?:/[^/]*)*";
    return `/${part === "*" ? "[^/]*" : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`;
  });
  return new RegExp(`^${source.join("")}(?:/|$)`);
}
