/**
 * Run ids that have led file names, object keys, patterns and objects used as maps astray.
 *
 * Some differ only by case, by a trailing character or by Unicode normalisation: each is a run of
 * its own.
 */
export const HOSTILE_RUN_IDS: readonly string[] = [
  "",
  " ",
  ".",
  "..",
  "../../etc/passwd",
  "..\\..\\windows\\win.ini",
  "/etc/passwd",
  "C:\\run",
  "a",
  "A",
  "a.",
  "a ",
  "a/b",
  "a/",
  "a\\b",
  "a\0b",
  "a\nb",
  "a%2Fb",
  "a?b#c",
  "a*[b]{c}",
  "a'b\"c`d",
  "a:b|c<d>",
  "~",
  "$HOME",
  "-rf",
  "CON",
  "nul.jsonl",
  ".jsonl",
  "__proto__",
  "constructor",
  "null",
  "undefined",
  "0",
  "caf\u00e9", // one code point for the last letter
  "cafe\u0301", // two for the same
  "🛫",
  "\u202egnp.exe",
  "x".repeat(80),
  "x".repeat(300),
  "🛫".repeat(100), // 400 bytes, beyond the 255 that file systems take
];
