import { describe, expect, it } from "vitest";
import { redactor } from "../../src/redact/redactor.ts";
import { FAKES, SHAPELESS } from "./fake-credentials.ts";

const { text } = redactor();

describe("a credential that shows by its looks", () => {
  it.each(FAKES)("is replaced wherever it stands: $kind $secret", ({ kind, secret }) => {
    const marker = `[REDACTED:${kind}]`;
    for (const [before, after] of [
      ["", ""],
      ["the key is ", " and works"],
      ["(", ")"],
      ['"', '"'],
      ["'", "',"],
      ["[", "]"],
      ["<td>", "</td>"],
      ["first line\n", "\nlast line"],
      ["escaped line\\n", "\\nlast line"],
      ["cell\\t", "\\tcell"],
      ["\u001b[32m", "\u001b[0m"],
      ["https://example.org/?x=1&y=", "&z=2"],
      ["q%3D", ""],
      ["q\\u003d", ""],
    ] as const) {
      expect(text(before + secret + after), before).toBe(before + marker + after);
    }
  });

  it.each(FAKES)("is replaced each time: $kind", ({ kind, secret }) => {
    const marker = `[REDACTED:${kind}]`;
    expect(text(`${secret}, ${secret} "${secret}"`)).toBe(`${marker}, ${marker} "${marker}"`);
  });

  it("is found at the end of a long text", () => {
    for (const { kind, secret } of FAKES) {
      const prose = "A line of prose - with some_words: in it.\n".repeat(500);
      expect(text(prose + secret)).toBe(`${prose}[REDACTED:${kind}]`);
    }
  });

  it("is found in every part of a token of several parts that was cut short", () => {
    const key = FAKES.find(({ secret }) => secret.includes("RSA"))?.secret ?? "";
    expect(text(key.slice(0, 200))).toBe("[REDACTED:private-key]");
    expect(text(`${key.slice(0, 200)}…[truncated]`)).toBe("[REDACTED:private-key]…[truncated]");
  });

  it("leaves the text after a private key", () => {
    const key = FAKES.find(({ kind }) => kind === "private-key")?.secret ?? "";
    expect(text(`a\n${key}\nb, then\n${key}\nc`)).toBe(
      "a\n[REDACTED:private-key]\nb, then\n[REDACTED:private-key]\nc",
    );
  });

  it("is found in a private key that is quoted line by line", () => {
    const key = FAKES.find(({ secret }) => secret.includes("RSA"))?.secret ?? "";
    expect(text(key.replaceAll("\r\n", "\n> "))).toBe("[REDACTED:private-key]");
    expect(text(key.replaceAll("\r\n", '\\n" +\n  "'))).toBe("[REDACTED:private-key]");
  });

  it.each([
    ["Bearer", `Bearer ${SHAPELESS}`, "Bearer [REDACTED:bearer]"],
    ["Bearer of an API", `-H 'x: Bearer ${SHAPELESS}'`, "-H 'x: Bearer [REDACTED:bearer]'"],
    [
      "password of a URL",
      "postgres://app:hunter2@db/main",
      "postgres://app:[REDACTED:url-password]@db/main",
    ],
    [
      "one with an @ in it",
      "amqp://app:hun@ter2@mq:5672",
      "amqp://app:[REDACTED:url-password]@mq:5672",
    ],
    [
      "one without a user",
      "redis://:hunter2@cache:6379/0",
      "redis://:[REDACTED:url-password]@cache:6379/0",
    ],
    [
      "one of several",
      "a://u:pass@h b://u:word@h",
      "a://u:[REDACTED:url-password]@h b://u:[REDACTED:url-password]@h",
    ],
    [
      "token of a URL",
      `https://${"3f9a0c7be1d845263f9a0c7be1d84526"}@o1.example.org/7`,
      "https://[REDACTED:url-password]@o1.example.org/7",
    ],
    [
      "token as the user",
      `https://${"3f9a0c7be1d845263f9a0c7be1d84526"}:x-oauth-basic@example.org`,
      "https://[REDACTED:url-password]@example.org",
    ],
    [
      "token beside the user",
      `https://app+${FAKES[0]?.secret},x:word@h https://app&${FAKES[0]?.secret}@h`,
      "https://[REDACTED:url-password]@h https://app&[REDACTED:anthropic-key]@h",
    ],
    [
      "Slack's webhook",
      `https://hooks.slack.com/services/T0${"1"}/B0${"2"}/q7Rz2LmX9vTb4KdW`,
      "https://hooks.slack.com/services/[REDACTED:webhook-url]",
    ],
  ])("is replaced in its place: %s", (_, given, wanted) => {
    expect(text(given)).toBe(wanted);
  });
});

describe("what only looks like a credential", () => {
  it.each([
    // ids of providers
    "toolu_01A09q90qw90lq917835lq9",
    "msg_01XFDUDYJgAACzvnptvVoYEL",
    "call_9pGfq7Rz2LmX9vTb4KdW8sYh",
    "chatcmpl-9pGfq7Rz2LmX9vTb4KdW8sYh3NcJ6",
    "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
    "rs_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
    "req_011CSHoEeqs5C35K2UUqR7Fy",
    "sesn_011CZkZ8sYh3NcJ6pGf5aUe1q7",
    "sess_q7Rz2LmX9vTb4KdW8sYh3",
    "run_id=0193b3b2-7c1e-7c3a-8f6e-2b9d1c4e5f6a",
    "C024BE91L in T024BE7LD by U024BE7LH",
    // hashes and ids
    "8f14e45fceea167a5a36dedd4bea2543b0c1d2e3",
    "0cc175b9c0f1b6a831c399e269772661".repeat(2),
    "880d23f9-86b3-4345-af42-46381ab10e4d",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    `sha512-${"q7Rz2LmX9vTb4KdW8sYh3NcJ6pGf5aUe1/+".repeat(3).slice(0, 86)}==`,
    "integrity: sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    // words
    "task-management-and-scheduling-of-things",
    "risk-assessment-for-the-next-quarter-2024",
    "/dev/disk-by-partuuid-and-other-identifiers",
    "flask-something-with-a-name-that-is-quite-long",
    "sk-learn-contrib-extension-package-name-1",
    "sk-SK, sk-folding-cube sk-cube1 sk-cube",
    "xai-organization-name-with-many-words-in-it",
    "glob-parent/compare/v5.1.1...v5.1.2 glyph-orientation-horizontal",
    "npm_config_registry_and_a_very_long_rest_of_it",
    "npm_package_devDependencies_typescript_eslint",
    "hf_hub_download_with_a_long_function_name",
    "ghp_is_a_prefix",
    "SG.UTF8.and.other.things",
    "AIzawa, AKIA and ASIA",
    "Bearer authentication-is-described-in-the-docs",
    "the bearer of this letter",
    // addresses
    "jane.doe+tag@example.org",
    "git@github.com:owner/name.git",
    "ssh://git@github.com/owner/name.git",
    "https://unpkg.com/react@18.3.1/umd/react.js",
    "https://medium.com/@someone/a-story-1234567890ab",
    "http://localhost:3000/a@b and http://127.0.0.1:8080/?mail=a@b.org",
    "https://jane@example.org/path",
    "postgres://$" + "{USER}:$" + "{PASSWORD}@db, http://<user>:<password>@h, http://u:***@h",
    "12:34:56 and 2025-08-15T00:22:20Z, 10.0.0.1:8080",
    // parts of code
    'if (pem.startsWith("-----BEGIN PRIVATE KEY-----")) return importKey(pem);',
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ7Rz2LmX9vTb4KdW8sYh3NcJ6pE\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEq7Rz2LmX9vTb\n-----END PUBLIC KEY-----",
    "//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbXX0=",
    "base64,eyJzb3VyY2VzIjpbIi9zb21lL...",
  ])("stays as it is: %s", (given) => {
    expect(text(given)).toBe(given);
  });

  it("stays as it is in base64, with and without padding and of either alphabet", () => {
    const bytes = Uint8Array.from({ length: 60_000 }, (_, i) => (i * 2654435761) >>> 13);
    for (const encoding of ["base64", "base64url", "hex"] as const) {
      const given = Buffer.from(bytes).toString(encoding);
      expect(text(given)).toBe(given);
      expect(text(`data:image/png;base64,${given}`)).toBe(`data:image/png;base64,${given}`);
    }
  });

  it("stays as it is inside a longer run of the same characters", () => {
    for (const { kind, secret } of FAKES) {
      if (kind === "private-key" || kind === "telegram-token") continue;
      expect(text(`abc${secret}`), secret).toBe(`abc${secret}`);
      expect(text(`gAAAA_${secret}`), secret).toBe(`gAAAA_${secret}`);
    }
  });
});
