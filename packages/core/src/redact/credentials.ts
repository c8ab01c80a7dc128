import { looksSecret } from "./name-kind.ts";
import { sweep } from "./sweep.ts";

// Tokens that are told by their prefix alone, a pattern that ends in `-` or `_` …
const TELLING = {
  "sk-ant-": "anthropic-key",
  "sk-(?:proj|svcacct|admin|None)-": "openai-key",
  "(?:xox[a-z]|xapp)-": "slack-token",
  "gl(?:pat|ptt|soat|cbt|[dfr]t)-": "gitlab-token",
  "pypi-(?=AgE)": "pypi-token",
  "lsv2_(?:pt|sk)_": "langsmith-key",
  github_pat_: "github-token",
  tgp_v1_: "together-key",
  whsec_: "webhook-secret",
  // OpenRouter, Langfuse, NVIDIA, Tavily, Google's OAuth clients.
  "(?:sk-or|sk-lf|nvapi|tvly|GOCSPX)-": "api-key",
};

// … and those whose prefix is a word too (`sk-learn`, `npm_config`): these want a long run after it.
const WORDLIKE = {
  "sk-": "openai-key",
  "xai-": "xai-key",
  "[rs]k_(?:live|test)_": "stripe-key",
  "gh[opurs]_": "github-token",
  gsk_: "groq-key",
  hf_: "huggingface-token",
  npm_: "npm-token",
  // Perplexity, Cerebras; Pinecone, Replicate.
  "(?:pplx-|csk-|pcsk_|r8_)": "api-key",
};

// Left of a token: no token character, but for the end of a private key and those of an escape
// (\n, %3D, \u003d, ESC[32m).
const EDGE = "(?:^|[^\\w-]|-{5}|\\\\[nrt]|(?:%|\\\\x|\\\\u00)[\\dA-Fa-f]{2}|\\[[\\d;]{0,9}m)";
const after = (...prefixes: string[]): string => `(?<=${EDGE}(?:(${prefixes.join(")|(")})))`;
// Of a URL. A password that begins with `{`, `$`, `<`, `*` or `[` is a placeholder.
const USER = "[^\\s/?#@:\"'`<>\\\\[]";
const PASSWORD = "[^\\s/?#@\"'`<>\\\\[{$*][^\\s/?#\"'`<>\\\\[]{2,255}";
// Base64, headers, and what a string, a quotation or a log puts between the lines.
const PEM = "\\w+/=\\s\\\\:,.>|\"'";

// The groups of the last four are kept; those of all others are prefixes, replaced with what follows.
const KEPT_GROUPS = 4;
const OTHERS = [
  "jwt",
  "telegram-token",
  "aws-access-key-id",
  "google-key",
  "sendgrid-key",
  "private-key",
  "bearer",
  "webhook-url",
  "url-password",
  "url-password",
];

// An engine takes 2 ms for the pattern, so it is made for the first text with a hint of a credential.
let credentials: { readonly pattern: RegExp; readonly kinds: readonly string[] } | undefined;

/**
 * What every credential has and hardly another text, as a pattern: the alternatives of all, without
 * what is left of them and most of what follows.
 */
export function credentialHint(): string {
  const prefixes = [...Object.keys(TELLING), ...Object.keys(WORDLIKE)].join("|");
  return [
    `[-_](?<=[a-z18X].)(?<=${prefixes})[\\w+/=-]{20}`,
    "eyJ|:AA|A(?:[KS]IA|Iza)|SG\\.|-----BEGIN|Bearer ",
    ":\\/\\/(?:hooks\\.slack|discord|[^\\s/?#\"'`<>\\\\[]*@)",
  ].join("|");
}

/**
 * Every credential that shows by its looks; one group for each of the kinds.
 *
 * Each alternative begins with one rare character, since that is what the engine can look for
 * fast, and then looks back for the rest of its prefix. No two repetitions side by side or inside
 * each other can take the same character, and no try can run over the start of many others, so the
 * time is linear in the text.
 */
function credential(): RegExp {
  const alternatives = [
    `[-_](?<=[a-z18X].)(?:${after(...Object.keys(TELLING))}[\\w+/=-]{20}[\\w+/=-]*` +
      `|${after(...Object.keys(WORDLIKE))}[A-Za-z\\d]{24}[\\w-]*)`,
    `J${after("eyJ")}[\\w-]{8}[\\w-]*\\.(?!\\.\\.)[\\w-]*\\.[\\w-]*(?:\\.[\\w-]+){0,2}`,
    `:(?=AA)${after("\\d{8,10}:")}AA[\\w-]{30}[\\w-]*`,
    `A(?=[KS]IA)${after("A")}...[A-Z\\d]{16}(?![A-Za-z\\d])`,
    `A(?=Iza)${after("A")}[\\w-]{38}(?!\\w|-[^-])`,
    `S(?=G\\.)${after("S")}..[\\w-]{20,24}\\.[\\w-]{40}[\\w-]*`,
    `(-)----BEGIN [A-Z ]{0,30}PRIVATE KEY[A-Z ]{0,6}-----` +
      `(?=(?:-?[${PEM}]){0,100}?[A-Za-z\\d+/]{20})` +
      `[${PEM}]*(?:-(?!-)[${PEM}]*){0,200}(?:-----END[A-Z ]{0,40}-----)?`,
    `(Bearer +)(?=[\\w.~+/=-]{0,64}\\d)[\\w.~+/=-]{16}[\\w.~+/=-]*`,
    `(:\\/\\/(?:hooks\\.slack|discord(?:app)?)\\.com\\/[a-z/]+\\/)[\\w/-]{20}[\\w/-]*`,
    `(:\\/\\/${USER}{0,256}:)${PASSWORD}(?=@)`,
    `(:\\/\\/)${USER}{16,256}(?=@)`,
  ];
  return new RegExp(alternatives.join("|"), "g");
}

function everyCredential(): NonNullable<typeof credentials> {
  const kinds = [...Object.values(TELLING), ...Object.values(WORDLIKE), ...OTHERS];
  return { pattern: credential(), kinds };
}

/** The text with its credentials replaced; the same string when it holds none. */
export function redactCredentials(text: string): string {
  credentials ??= everyCredential();
  const { pattern, kinds } = credentials;
  return sweep(text, pattern, (match) => {
    const end = pattern.lastIndex;
    const group = match.findIndex((found, i) => i > 0 && found !== undefined);
    const { length } = match[group] ?? "";
    // A prefix ends with the character that the match begins with.
    const kind = kinds[group - 1] ?? "";
    if (group <= kinds.length - KEPT_GROUPS) return [match.index + 1 - length, end, kind];
    const from = match.index + length;
    if (length === 3 && !looksSecret(text.slice(from, end))) {
      pattern.lastIndex = from; // a user's name, but there may be a token in it
      return undefined;
    }
    // The user can be the token: https://<token>:x-oauth-basic@host
    const user = text.slice(match.index + 3, from - 1);
    const token = looksSecret(user) || redactCredentials(user) !== user;
    return [token ? match.index + 3 : from, end, kind];
  });
}
