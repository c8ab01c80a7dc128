import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactor } from "../../src/redact/redactor.ts";
import { FAKES, SHAPELESS } from "./fake-credentials.ts";

const { text } = redactor();

describe("the value of a secret name in a text", () => {
  it.each([
    ["a dump of an environment", `HOME=/root\nOPENAI_API_KEY=${SHAPELESS}\nPWD=/root/work1`],
    ["one in a string", `HOME=/root\\nOPENAI_API_KEY=${SHAPELESS}\\nPWD=/root/work1`],
    ["a shell", `export AWS_SECRET_ACCESS_KEY="${SHAPELESS}"`],
    ["a command", `deploy --api-key ${"x"} --api-key=${SHAPELESS} --verbose`],
    ["JSON", `{"user":"app","password":"${SHAPELESS}","port":5432}`],
    ["JSON with spaces", `{ "user": "app",\n  "dbPassword" : "${SHAPELESS}" }`],
    ["JSON in JSON", `{"body":"{\\"api_key\\": \\"${SHAPELESS}\\", \\"n\\": 1}"}`],
    ["JSON in JSON in JSON", `"{\\"a\\":\\"{\\\\\\"token\\\\\\":\\\\\\"${SHAPELESS}\\\\\\"}\\"}"`],
    ["a Python dict", `{'user': 'app', 'client_secret': '${SHAPELESS}'}`],
    ["YAML", `db:\n  user: app\n  password: ${SHAPELESS}\n  port: 5432`],
    ["a TOML file", `user = "app"\npassword = "${SHAPELESS}"\n`],
    ["code", `const apiKey = '${SHAPELESS}'; password := \`${SHAPELESS}\``],
    ["Ruby and PHP", `'password' => '${SHAPELESS}'`],
    ["a query string", `GET /v1?api_key=${SHAPELESS}&limit=10`],
    [
      "a signed URL",
      `https://b.s3.example.org/k?X-Amz-Date=1&X-Amz-Signature=${"3f9a0c7be1d84526".repeat(4)}&x=1`,
    ],
    [
      "a shared access signature",
      `https://a.blob.example.org/k?sv=2021-06-08&sig=aBBKDWQvyuVcTPH9EBp%2FXTI9%3D&se=1`,
    ],
    [
      "a connection string",
      `Server=db;Database=main;User Id=app;Password=${SHAPELESS};Encrypt=true`,
    ],
    ["a header", `Authorization: ${SHAPELESS}\nAccept: */*`],
    ["a header with a scheme", `> authorization: bearer ${SHAPELESS}\r\n> accept: */*`],
    ["basic authentication", "curl -H 'Authorization: Basic dXNlcjpwYXNz' https://example.org"],
    ["a token of any name", `HF_TOKEN=${SHAPELESS}`],
    ["letters only, in an environment", "DB_PASSWORD=correct-horse-battery"],
    ["a short one in JSON", '{"password":"x"}, {"pwd": "abc"}'],
    ["one with spaces in JSON", '{"passphrase": "correct horse battery staple"}'],
  ])("is replaced: %s", (_, given) => {
    const secrets = [SHAPELESS, "dXNlcjpwYXNz", "correct", "horse", '"x"', "abc", "aBBK", "c7be"];
    const redacted = text(given);
    expect(redacted).toContain("[REDACTED:named]");
    for (const secret of secrets) expect(redacted).not.toContain(secret);
    // What is around it is as it was.
    const [head = "", ...rest] = redacted.split("[REDACTED:named]");
    expect(given.startsWith(head)).toBe(true);
    expect(given.endsWith(rest.at(-1) ?? "?")).toBe(true);
  });

  it("leaves what follows it", () => {
    expect(text(`{"password":"${SHAPELESS}","port":5432}`)).toBe(
      '{"password":"[REDACTED:named]","port":5432}',
    );
    expect(text(`?token=${SHAPELESS}&limit=10`)).toBe("?token=[REDACTED:named]&limit=10");
  });

  it("is all of the cookies of a header", () => {
    expect(text("Cookie: _ga=GA1.2.3; sid=s%3Aq7Rz; theme=dark\nAccept: */*")).toBe(
      "Cookie: [REDACTED:named]\nAccept: */*",
    );
    expect(text("set-cookie: sid=q7Rz2LmX; Path=/; HttpOnly\\nvia: x")).toBe(
      "set-cookie: [REDACTED:named]\\nvia: x",
    );
  });

  it("keeps the kind of a credential that shows by its looks", () => {
    for (const { kind, secret } of FAKES) {
      if (kind === "private-key") continue;
      expect(text(`{"api_key":"${secret}"}`)).toBe(`{"api_key":"[REDACTED:${kind}]"}`);
      expect(text(`API_KEY=${secret}\n`)).toBe(`API_KEY=[REDACTED:${kind}]\n`);
    }
  });

  it("is found in JSON whatever the value and however deep in other JSON", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 1 }),
        fc.integer({ min: 0, max: 2 }),
        fc.constantFrom(undefined, 2),
        (secret, depth, indent) => {
          let given = JSON.stringify({ password: secret, after: "kept" }, null, indent);
          for (let i = 0; i < depth; i++) given = JSON.stringify(given);
          let safe: unknown = text(given);
          for (let i = 0; i <= depth; i++) safe = JSON.parse(safe as string);
          const kept = /^\[REDACTED:[\w-]+\]$/.test(secret);
          expect(safe).toEqual({ password: kept ? secret : "[REDACTED:named]", after: "kept" });
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("what is no value of a secret name", () => {
  it.each([
    // prose
    "password: required",
    "The password: must have 8 characters or more.",
    "Enter your password: ********",
    "Authorization: Bearer tokens are described in chapter 2",
    "authorization: optional, cookie: none",
    "Error: secret: not-found (404)",
    "tokens: 12345678, total_tokens=1234567890",
    // schemas and types
    '{"password": {"type": "string"}}',
    '"password": "", "token": null, "secret": true, "apiKey": []',
    "token: string; password?: string | undefined",
    "function pbkdf2(password: Uint8Array, salt: Uint8Array): void",
    "def connect(password: Optional[str] = None, api_key: str = '')",
    // code
    "const apiKey = process.env.OPENAI_API_KEY;",
    'api_key = os.environ["OPENAI_API_KEY_2"]',
    "token = readToken(path2); password = getpass.getpass()",
    "credentials = flow.step2_exchange(code)",
    "Organization.APIKeys = api_keys_1.APIKeys;",
    "this.password = options.auth2.password1",
    "if (password == null || secret === other.secret) {",
    'request(headers={"x": api_key}, auth=auth)',
    "API_KEY=$OPENAI_API_KEY docker run -e TOKEN=$" + "{TOKEN_1234567890abcdef}",
    "set API_KEY=%OPENAI_API_KEY%",
    // placeholders and pointers to where the secret is
    "export ANTHROPIC_API_KEY=sk-ant-...",
    "OPENAI_API_KEY=your-api-key-here",
    "API_KEY=<your key>",
    "SSH_KEY=/root/.ssh/id_ed25519",
    "GOOGLE_APPLICATION_CREDENTIALS=key.json",
    // weak names with weak values
    '{"token": " the", "logprob": -0.31, "bytes": [32, 116]}',
    '{"token": "▁cardinal"}, {"token":"<|endoftext|>"}',
    "auth: basic, auth=none, sig=abc, jwt: yes",
    "next_page_token=eav1OzQB0OM8rLdGXOEsyQWSG",
    '"nextPageToken": "eav1OzQB0OM8rLdGXOEsyQWSG"',
    'token: "claude-sonnet-4-5-20250929"',
    "token=880d23f9-86b3-4345-af42-46381ab10e4d",
    // names that are no secret
    "PWD=/root/work1\nOLDPWD=/root/work2",
    "session_id: 01ARZ3NDEKTSV4RRFFQ69G5FAV, sessionId=q7Rz2LmX9vTb4KdW8sYh3",
    '{"thinking":"…","signature":"Er8BCkYIBxgCKkDq7Rz2LmX9vTb4KdW8sYh3NcJ6pGf5aUe1"}',
    '"public_key": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEq7Rz2LmX9vTb"',
    "cache_key=3f9a0c7be1d845263f9a0c7be1d84526&primary_key=12345678abcdefgh",
    "token_count: 1234567890abcdef1234, tokenizer=q7Rz2LmX9vTb4KdW8sYh",
    'key="q7Rz2LmX9vTb4KdW8sYh3NcJ6pGf5aUe1"',
  ])("stays as it is: %s", (given) => {
    expect(text(given)).toBe(given);
  });
});
