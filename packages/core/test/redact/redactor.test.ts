import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignment, redactAssignments } from "../../src/redact/assignments.ts";
import { redactCredentials } from "../../src/redact/credentials.ts";
import { nameKind } from "../../src/redact/name-kind.ts";
import { redactor } from "../../src/redact/redactor.ts";
import { FAKES, SHAPELESS } from "./fake-credentials.ts";

const { keyKind, named, text } = redactor();

/** One of each kind that is replaced where it stands, beside those that are replaced as a whole. */
const IN_PLACE = [
  `Bearer ${SHAPELESS}`,
  "postgres://app:hunter2@db/main",
  `https://${SHAPELESS.replace("/", "")}@h/`,
  `{"password":"${SHAPELESS}"}`,
  `\\"secret\\":\\"${SHAPELESS}\\"`,
  `API_KEY=${SHAPELESS}`,
  `?sig=${SHAPELESS}&`,
  "Cookie: a=b; c=d123456789",
  "password: 'hunter2hunter2'",
];

describe("a key", () => {
  it.each(
    (
      "api_key apikey apiKey x-api-key X-Api-Key api.key OPENAI_API_KEY openaiApiKey x-goog-api-key " +
      "Ocp-Apim-Subscription-Key secret SECRET client_secret clientSecret app-secret webhook_secret " +
      "secret_key secretKey SECRET_ACCESS_KEY aws_secret_access_key private_key privateKey " +
      "encryption_key signingKey ssh_key AccountKey MASTER_KEY service_role_key " +
      "password Password dbPassword DB_PASSWORD pass_word passwd MYSQL_PWD pwd passphrase " +
      "pass-phrase passcode access_token accessToken refresh_token id_token idToken auth_token " +
      "x-auth-token bearerToken session_token x-amz-security-token api_token SLACK_BOT_TOKEN " +
      "authorization Authorization proxy-authorization cookie Cookie set-cookie Set-Cookie cookies " +
      "connection_string ConnectionString credential credentials AWS_CREDENTIALS api_keys secrets"
    ).split(" "),
  )("%s holds a secret whatever its value", (key) => {
    expect(keyKind(key)).toBe(1);
  });

  it.each("token TOKEN GITHUB_TOKEN hf_token csrfToken auth sig jwt".split(" "))(
    "%s holds a secret if the value looks like one",
    (key) => {
      expect(keyKind(key)).toBe(2);
    },
  );

  it.each(
    (
      "max_tokens maxTokens input_tokens output_tokens total_tokens tokens token_count tokenizer " +
      "next_page_token nextPageToken pageToken NextToken continuation_token sync_token " +
      "tokenize secretary secretaryName passwordless password_hint passwordRequired key keys Key " +
      "author authors authored_by authority public_key publicKey cache_key primary_key foreignKey " +
      "keyboard monkey turkey cookies_enabled cookieJar session session_id sessionId sid " +
      "signature thinking_signature pin pwd_path PWD OLDPWD run_id tool input output model " +
      "access_key_id credential_provider authorizationUrl role content __proto__ constructor"
    ).split(" "),
  )("%s says nothing of its value", (key) => {
    expect(keyKind(key)).toBe(0);
  });

  it("holds a secret itself where it has one in it", () => {
    for (const { kind, secret } of FAKES) {
      expect(keyKind(secret), secret).toBe(3);
      expect(text(secret)).toBe(`[REDACTED:${kind}]`);
    }
    expect(keyKind("https://app:hunter2@example.org/")).toBe(3);
  });

  it("is judged the same the second time, and after thousands of others", () => {
    const keys = ["password", "token", "role", FAKES[0]?.secret ?? ""];
    const kinds = keys.map(keyKind);
    expect(keys.map(keyKind)).toEqual(kinds);
    for (let i = 0; i < 10_000; i++) keyKind(`key ${i}`);
    expect(keys.map(keyKind)).toEqual(kinds);
    expect(kinds).toEqual([1, 2, 0, 3]);
  });

  it("is judged however long it is", () => {
    expect(keyKind("a".repeat(1e6))).toBe(0);
    expect(keyKind(`${"a".repeat(1e6)}_password`)).toBe(1);
    expect(keyKind(`${"a ".repeat(1e6)}${FAKES[0]?.secret}`)).toBe(3);
  });
});

describe("the value of a key", () => {
  it("is replaced whatever it is where the key is sure", () => {
    for (const value of ["x", "hunter2", "a long sentence, really", "1234", " ", "{}"]) {
      expect(named(1, value)).toBe("[REDACTED:named]");
    }
    expect(named(1, "")).toBe("");
  });

  it("is replaced if it looks random where the key is not sure", () => {
    for (const value of [SHAPELESS, SHAPELESS.slice(0, 16), "3f9a0c7be1d845263f9a0c7be1d84526"]) {
      expect(named(2, value)).toBe("[REDACTED:named]");
    }
    for (const value of [
      "",
      " the",
      "▁cardinal",
      "short1",
      "onlyletterswithoutanydigit",
      "12345678901234567890",
      "two words12345678901234",
      "880d23f9-86b3-4345-af42-46381ab10e4d",
      "2025-01-15-test-session-123",
      "claude-sonnet-4-5-20250929",
      "/usr/share/q7Rz2LmX9vTb4KdW8sYh",
      "./q7Rz2LmX9vTb4KdW8sYh",
    ]) {
      expect(named(2, value)).toBe(value);
    }
  });

  it("stays where it is redacted already", () => {
    for (const value of ["[REDACTED:jwt]", "Bearer [REDACTED:bearer]", "[REDACTED:named]"]) {
      expect(named(1, value)).toBe(value);
      expect(named(2, value)).toBe(value);
    }
    expect(named(1, "[REDACTED:jwt] and more")).toBe("[REDACTED:named]");
  });
});

describe("a text", () => {
  it("is the same string when it holds nothing secret, and when it is redacted a second time", () => {
    // With seed and path in the message when it fails.
    const part = fc.oneof(
      fc.constantFrom(...FAKES.map(({ secret }) => secret), ...IN_PLACE),
      fc.constantFrom(
        " ",
        "\n",
        '"',
        "'",
        "\\",
        "\\n",
        "=",
        ":",
        "://",
        "@",
        "[",
        "]",
        "-",
        "_",
        ".",
      ),
      fc.constantFrom("token", "password", "API_KEY", '"secret"', "Bearer ", "cookie: ", "{", "}"),
      fc.constantFrom("sk-", "sk-ant-", "eyJ", "AKIA", "-----BEGIN ", "PRIVATE KEY-----", "ghp_"),
      fc.string({ unit: "binary", maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const once = text(parts.join(""));
        expect(text(once)).toBe(once);
      }),
      { numRuns: 5000 },
    );
  });

  it("is what the full search makes of it, which is for texts with a hint alone", () => {
    const names =
      "apiKey API-KEY secret private.key idTokens token tokens auth sig jwt signature password " +
      "pass_word passwd passphrase passcode PWD authorization Cookie credentials path max_tokens key";
    const part = fc.oneof(
      fc.constantFrom(...FAKES.map(({ secret }) => secret)),
      fc.tuple(fc.constantFrom(...FAKES), fc.nat(40)).map(([{ secret }, n]) => secret.slice(0, n)),
      fc.constantFrom(...names.split(" "), "api key", "connection string", "service_role key"),
      fc.constantFrom("=", ":", ": ", " = ", '": "', '\\": \\"', "==", "=>", "://", "user:", "@"),
      fc.constantFrom(" ", "\n", "\\n", '"', "%3D", "Bearer ", "xoxz-", "GOCSPX-", "csk-", "r8_"),
      fc.stringMatching(/^[\w.+/=-]{3,40}$/),
    );
    const pattern = assignment();
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
        const given = parts.join("");
        if (given.length < 12) return;
        const searched = redactAssignments(redactCredentials(given), pattern, nameKind);
        expect(text(given)).toBe(searched);
      }),
      { numRuns: 20_000 },
    );
  });

  it("loses no credential that stands between other things", () => {
    const between = fc.oneof(
      fc.constantFrom(" ", "\n", ", ", '"', " = ", "\\n", " token ", "; ", "(", ")", "<", ">"),
      fc.string({ maxLength: 20 }).map((string) => `${string} `),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(between, fc.constantFrom(...FAKES)), { minLength: 1, maxLength: 6 }),
        (list) => {
          const given = list.map(([before, { secret }]) => `${before} ${secret} `).join("");
          const redacted = text(given);
          for (const [, { secret }] of list) expect(redacted).not.toContain(secret);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("needs no escape in JSON for what is put into it", () => {
    for (const secret of [...FAKES.map((fake) => fake.secret), ...IN_PLACE]) {
      for (const [marker] of text(secret).matchAll(/\[REDACTED:[^\]]*\]/g)) {
        expect(JSON.stringify(marker)).toBe(`"${marker}"`);
        expect(marker).toMatch(/^\[REDACTED:[a-z-]+\]$/);
      }
    }
  });

  it("is redacted whole however often it was redacted before", () => {
    const given = FAKES.map(({ secret }) => secret).join(" ");
    const wanted = FAKES.map(({ kind }) => `[REDACTED:${kind}]`).join(" ");
    for (let i = 0; i < 3; i++) expect(text(given)).toBe(wanted);
  });
});

describe("names of the user's", () => {
  const own = redactor({ names: ["Customer-SSN", "größe.x", "a+b", /^x-internal-/i] });

  it("are compared without case and separators", () => {
    for (const key of [
      "customer_ssn",
      "customerSsn",
      "CUSTOMER.SSN",
      "customerssn",
      "größeX",
      "a+b",
    ]) {
      expect(own.keyKind(key), key).toBe(1);
    }
    for (const key of ["customer_ssn_hint", "my_customer_ssn", "customer", "ssn", "aab"]) {
      expect(own.keyKind(key), key).toBe(0);
    }
    expect(keyKind("customer_ssn")).toBe(0);
  });

  it("can be patterns, tested on the key as it is", () => {
    expect(own.keyKind("X-Internal-Route")).toBe(1);
    expect(own.keyKind("y-x-internal-route")).toBe(0);
    const sticky = redactor({ names: [/ssn/gy, /ein$/g] });
    for (let i = 0; i < 3; i++) {
      expect(sticky.keyKind(`my ein`)).toBe(1);
      expect(sticky.keyKind(`ssn${i}`)).toBe(1);
      expect(sticky.keyKind(`no ssn${i}`)).toBe(1);
    }
  });

  it("are found in texts, too", () => {
    expect(own.text('{"customer_ssn": "123-45-6789", "n": 1}')).toBe(
      '{"customer_ssn": "[REDACTED:named]", "n": 1}',
    );
    expect(own.text("CUSTOMERSSN=123-45-6789\nx=1")).toBe("CUSTOMERSSN=[REDACTED:named]\nx=1");
    expect(text('{"customer_ssn": "123-45-6789"}')).toBe('{"customer_ssn": "123-45-6789"}');
  });

  it("come on top of those that are known", () => {
    expect(own.keyKind("password")).toBe(1);
    expect(own.text(FAKES[0]?.secret ?? "")).toBe("[REDACTED:anthropic-key]");
  });
});
