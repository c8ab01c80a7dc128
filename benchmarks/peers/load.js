/** Imports a package as a module of this folder finds it. */
export const load = (name) => import(name);
