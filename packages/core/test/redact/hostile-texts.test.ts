import { describe, expect, it } from "vitest";
import { redactor } from "../../src/redact/redactor.ts";

// The promise is linear time: 1 MB of anything in 20 ms, and in 50 ms where every few characters are
// the name of a secret with something behind it. What breaks it is quadratic and takes seconds to
// minutes, so the factor for a busy machine can be generous.
const SIZE = 1_000_000;
const LIMIT_MS = 20 * 5;
const LIMIT_OF_NAMES_MS = 50 * 5;
const TRIES = 5;

const { keyKind, text } = redactor();

/** Milliseconds of the fastest of some tries; the first that is fast enough is the last. */
function fastest(limitMs: number, run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES && best >= limitMs; i++) {
    const began = performance.now();
    run();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

const fill = (unit: string): string => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);

/** A text of these characters in an order that looks random, and is the same every time. */
function mixed(characters: string): string {
  const list = [...characters];
  let state = 1;
  return Array.from({ length: SIZE }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return list[state % list.length];
  }).join("");
}

describe("a megabyte of one class of characters takes linear time", () => {
  it.each([
    ["lower case", mixed("abcdefghijklmnopqrstuvwxyz")],
    ["upper case", mixed("ABCDEFGHIJKLMNOPQRSTUVWXYZ")],
    ["digits", mixed("0123456789")],
    ["hex", mixed("0123456789abcdef")],
    ["base64", mixed("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")],
    ["base64url", mixed("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")],
    ["space", mixed(" \t\r\n")],
    ["punctuation", mixed("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")],
    ["quotes", mixed("\"'`\\")],
    ["separators", mixed('=: "')],
    ["beyond ASCII", mixed("äöüßéñ漢字かな🙂𝒳")],
    ["controls", mixed("\u0000\u0007\u001b\u007f\u009b\u2028")],
  ])("%s", (_, given) => {
    expect(fastest(LIMIT_MS, () => text(given))).toBeLessThan(LIMIT_MS);
  });

  it.each([..."-_AJSB:=\"'`\\ \n[@/.a1"])("%j", (char) => {
    const given = fill(char);
    expect(fastest(LIMIT_MS, () => text(given))).toBeLessThan(LIMIT_MS);
    expect(text(given)).toBe(given);
  });
});

describe("a megabyte of what is nearly a credential takes linear time", () => {
  const run = (length: number): string => "a".repeat(length);
  it.each([
    ..."sk- sk-ant- sk-proj- xai- gl- glpat- xoxb- pypi- GOCSPX- npm_ hf_ gsk_ ghp_ github_pat_".split(
      " ",
    ),
    ..."lsv2_pt_ tgp_v1_ whsec_ sk_live_ AKIA ASIA AIza eyJ eyJ. SG. -----BEGIN ://".split(" "),
    "sk-ant- ",
    `sk-${run(23)} `,
    `sk-ant-${run(19)} `,
    "%41sk-",
    "\\nsk-",
    "\\u0041sk-",
    "[1;2;3msk-",
    "AKIA ",
    `AI${"za"}${run(34)} `,
    "eyJ ",
    `eyJ${run(20)} `,
    `eyJ${run(20)}... `,
    "12345678:AA",
    `12345678:AA${run(29)} `,
    "1234567890:",
    "SG. ",
    `SG.${run(22)}.`,
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----(",
    "-----BEGIN PRIVATE KEY-----\\n",
    `-----BEGIN PRIVATE KEY-----\n${`${run(19)} `.repeat(6)}--`,
    `-----BEGIN ${"A ".repeat(15)}`,
    "-----END PRIVATE KEY-----",
    "://a",
    "://a:",
    "://a:b",
    "://a@",
    "a@",
    `://${run(64)}:`,
    `://a:${"b".repeat(300)}`,
    `://${run(300)}`,
    "://hooks.slack.com/",
    "://hooks.slack.com/services/a",
    "Bearer ",
    "Bearer a",
    `Bearer ${run(16)} `,
    `Bearer ${run(70)}`,
    "[REDACTED:",
    "[REDACTED:a]",
    "=: ",
    ": ",
    " =",
    '":',
    '="',
    '\\\\\\":',
  ])("%j", (unit) => {
    const given = fill(unit);
    expect(fastest(LIMIT_MS, () => text(given))).toBeLessThan(LIMIT_MS);
  });
});

describe("a megabyte of names of secrets takes linear time", () => {
  it.each([
    "password=",
    "password: ",
    "password='a",
    'password="a ',
    'password:\\"',
    '"password":',
    '"password":"',
    '"password":"" ',
    "password=aaaaaaaa",
    `password=${"1".repeat(60)} `,
    "a_b_c_token=",
    'token="',
    'token": "',
    "token='\\\"`",
    "auth=",
    `auth=${"a1".repeat(10)}/ `,
    "session=aaaaaaaaaaaaaaaa ",
    "signature=",
    "api_key = ",
    "key=",
    "cookie: a=b ",
    "cookie:aaaaaaaa;",
    "cookie: aaaaaaa= ",
    "authorization: Bearer ",
    "secret:   ",
    "PASSWORD=aaaaaaaa ",
    "password=a.b.c.d.e.f ",
  ])("%j", (unit) => {
    const given = fill(unit);
    expect(fastest(LIMIT_OF_NAMES_MS, () => text(given))).toBeLessThan(LIMIT_OF_NAMES_MS);
  });

  it.each([
    ["a value that never ends", 'password:"', 'password:\\"'],
    ["one that another kind of quote follows", "password:'", 'password:"'],
    ["one with nothing but backslashes in it", 'password:"', "\\"],
    ["one of digits", "password=", "1"],
    ["one of letters and digits", "token=", "a1"],
    ["a quoted one of letters and digits", '"token":"', "a1"],
    ["one of a token's characters", "token=", "a-"],
    ["a name without an end", "a", "_a"],
    ["a token without an end", "sk-ant-", "a"],
    ["a JSON web token without an end", "eyJ", "a"],
    ["a private key without an end", "-----BEGIN PRIVATE KEY-----\n", "MII\n"],
    ["a URL without an end", "https://a:", "b"],
    ["a path of members", "password=a", ".a"],
    ["a key without an end", "AIza", "a"],
  ])("%s", (_, head, unit) => {
    for (const end of ["", "!", "(", '"']) {
      const given = head + fill(unit) + end;
      expect(fastest(LIMIT_OF_NAMES_MS, () => text(given))).toBeLessThan(LIMIT_OF_NAMES_MS);
    }
  });
});

describe("a text of any size", () => {
  it("is redacted without overflowing a stack", () => {
    const size = 40_000_000;
    expect(text(`sk-ant-${"a".repeat(size)}`)).toBe("[REDACTED:anthropic-key]");
    expect(text(`{"password":"${"a1".repeat(size / 2)}"}`)).toBe('{"password":"[REDACTED:named]"}');
    expect(text(`TOKEN=${"a1".repeat(size / 2)}`)).toBe("TOKEN=[REDACTED:named]");
    expect(text(`password=a${".a".repeat(size / 2)}`)).toContain("password=a.a.a");
    expect(text(`-----BEGIN PRIVATE KEY-----${"a".repeat(size)}`)).toBe("[REDACTED:private-key]");
    expect(text(`eyJ${"a".repeat(size)}.${"a".repeat(9)}.`)).toBe("[REDACTED:jwt]");
    expect(text(`Bearer ${"a1".repeat(size / 2)}`)).toBe("Bearer [REDACTED:bearer]");
  });

  it("may be a key", () => {
    const key = fill("a_");
    expect(fastest(LIMIT_MS, () => keyKind(key))).toBeLessThan(LIMIT_MS);
  });
});
