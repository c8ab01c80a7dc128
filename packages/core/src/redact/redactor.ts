// placeholder until the real one is put here
export interface RedactOptions {
  readonly names?: readonly (string | RegExp)[];
  readonly patterns?: readonly RegExp[];
}
export interface Redactor {
  keyKind(key: string): 0 | 1 | 2 | 3;
  text(text: string): string;
  named(kind: 1 | 2, value: string): string;
}
export function redactor(_options?: RedactOptions): Redactor {
  return { keyKind: () => 0, text: (text) => text, named: (_kind, value) => value };
}
