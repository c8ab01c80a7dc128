import { describe, expect, it } from "vitest";
import { redactor } from "../../src/redact/redactor.ts";

const filler = (length: number): string => "lorem ipsum ".repeat(length / 12 + 1).slice(0, length);

describe("a pattern of the user's", () => {
  it("is run on every text, however short, and finds each of its matches", () => {
    const { text } = redactor({ patterns: [/\b\d{3}-\d{2}-\d{4}\b/, /X\d/i] });
    expect(text("123-45-6789")).toBe("[REDACTED:custom]");
    expect(text("123-45-6789 or 987-65-4321, x1")).toBe(
      "[REDACTED:custom] or [REDACTED:custom], [REDACTED:custom]",
    );
    expect(text("nothing")).toBe("nothing");
    expect(text("")).toBe("");
  });

  it("is not changed, whatever its flags", () => {
    const pattern = /secret/y;
    pattern.lastIndex = 3;
    const { text } = redactor({ patterns: [pattern] });
    expect(text("a secret, a secret")).toBe("a [REDACTED:custom], a [REDACTED:custom]");
    expect(pattern.lastIndex).toBe(3);
  });

  it("that matches nothing at all replaces nothing", () => {
    const { text } = redactor({ patterns: [/x*/, /^/m, /(?=b)/u, /$/] });
    expect(text("abc xx d")).toBe("abc [REDACTED:custom] d");
    expect(text("\u{1f642}b")).toBe("\u{1f642}b");
  });

  it("leaves what is redacted already, so that twice is the same as once", () => {
    const { text } = redactor({ patterns: [/[A-Z]+/, /named|custom/] });
    const once = text('{"password":"hunter2"} ABC named');
    expect(once).toBe('{"password":"[REDACTED:named]"} [REDACTED:custom] [REDACTED:custom]');
    expect(text(once)).toBe(once);
  });

  it("finds every match in a text of several windows, also where two of them meet", () => {
    const { text } = redactor({ patterns: [/<<[^<>]{0,4000}>>/] });
    const secret = `<<${"s".repeat(4000)}>>`;
    for (let at = 65_536 - 8200; at <= 65_536 + 100; at += 137) {
      const given = filler(at) + secret + filler(1000) + secret + filler(150_000) + secret;
      expect(text(given)).toBe(
        `${filler(at)}[REDACTED:custom]${filler(1000)}[REDACTED:custom]${filler(150_000)}[REDACTED:custom]`,
      );
    }
  });

  it("is given up, and said so once, when it throws", () => {
    const told: unknown[] = [];
    const broken = /boom/;
    const { text } = redactor({ patterns: [broken, /z/] }, (...all) => told.push(all));
    const { exec } = RegExp.prototype;
    try {
      // As a faulty polyfill would.
      RegExp.prototype.exec = function (string) {
        if (this.source === "boom") throw new Error("out of order");
        return exec.call(this, string);
      };
      for (let i = 0; i < 3; i++) expect(text("boom z")).toBe("boom [REDACTED:custom]");
    } finally {
      RegExp.prototype.exec = exec;
    }
    expect(told).toEqual([[broken, new Error("out of order")]]);
    expect(text("boom z")).toBe("boom [REDACTED:custom]");
  });

  it("is given up, and said so once, when it is slow again and again", () => {
    const told: unknown[] = [];
    // A cube of 1200 characters, by 6, is 288 million steps: some 300 ms.
    const cubic = /a*a*b/;
    const { text } = redactor({ patterns: [cubic, /z/] }, (pattern) => {
      told.push(pattern);
      throw new Error("must not come through");
    });
    const given = `${"a".repeat(1200)} z`;
    expect(text("ab z")).toBe("[REDACTED:custom] [REDACTED:custom]");
    for (let i = 0; i < 6; i++) expect(text(given)).toBe(`${"a".repeat(1200)} [REDACTED:custom]`);
    expect(told).toEqual([cubic]);
    expect(text("ab z")).toBe("ab [REDACTED:custom]");
  }, 30_000);
});
