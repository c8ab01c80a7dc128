// @ts-check
import { overhead } from "./family/overhead.js";
import { pricing } from "./family/pricing.js";
import { tap } from "./family/tap.js";

/** One table a package, each in a file of `family/`, measured by a worker of its own. */
const TABLES = [overhead, pricing, tap];

/**
 * What the packages around core cost: one table each.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part[]>}
 */
export async function family(context) {
  const tables = [];
  for (const measured of TABLES) tables.push(await measured(context));
  return tables;
}
