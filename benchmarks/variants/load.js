// @ts-check
/** Imports a package as a module of this folder finds it. */
export const load = (/** @type {string} */ name) => import(name);
