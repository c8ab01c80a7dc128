export { isOnNetwork } from "./network-fs.ts";
export { lastRecord } from "./read/last-record.ts";
export type { LogPart, LogParts, LogPartsOptions } from "./read/log-parts.ts";
export { logParts } from "./read/log-parts.ts";
export type { ScanVisitor } from "./read/scan/line-visit.ts";
export type { ScannedRecord } from "./read/scan/scanned-record.ts";
export { scannedOf } from "./read/scan/scanned-record.ts";
export type { ScanOptions } from "./read/scan-parts.ts";
export { scanParts } from "./read/scan-parts.ts";
