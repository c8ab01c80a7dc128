export type { ExportItems } from "./export/export-items.ts";
export type { ExportFormat } from "./export/export-log.ts";
export { EXPORT_FORMATS, exportLog } from "./export/export-log.ts";
export { IMPORT_FORMATS } from "./import/formats.ts";
export type { LogImport } from "./import/import-log.ts";
export { importLog } from "./import/import-log.ts";
export type { ImportOptions, ImportProgress } from "./import/import-options.ts";
export { toEntry } from "./import/to-entry.ts";
export type { ImportInput } from "./read/input-files.ts";
