/** A made-up credential, and the kind that its marker names. */
export interface Fake {
  readonly kind: string;
  readonly secret: string;
}

// Put together here, so that no scanner of this repository takes them for real ones.
const alnum = (length: number): string =>
  "q7Rz2LmX9vTb4KdW8sYh3NcJ6pGf5aUe1".repeat(4).slice(0, length);
const hex = (length: number): string => "3f9a0c7be1d84526".repeat(5).slice(0, length);
const upper = (length: number): string => "Q7RZ2LMX9VTB4KDW8SYH".slice(0, length);

const pem = (name: string, newline: string): string =>
  [
    `-----BEGIN ${name}-----`,
    ...Array.from({ length: 6 }, () => alnum(64)),
    `${alnum(31)}==`,
    `-----END ${name}-----`,
  ].join(newline);

const jwt = [`ey${"J"}hbGciOiJIUzI1NiJ9`, `ey${"J"}zdWIiOiIxMjM0In0`, alnum(43)].join(".");

/** One of each credential that is known by its looks; each is replaced as a whole. */
export const FAKES: readonly Fake[] = [
  { kind: "anthropic-key", secret: `sk-${"ant"}-api03-${alnum(80)}-_${alnum(10)}AA` },
  { kind: "anthropic-key", secret: `sk-${"ant"}-admin01-${alnum(86)}` },
  { kind: "openai-key", secret: `sk-${"proj"}-${alnum(40)}T3BlbkFJ${alnum(40)}` },
  { kind: "openai-key", secret: `sk-${"svcacct"}-${alnum(58)}` },
  { kind: "openai-key", secret: `sk-${"admin"}-${alnum(58)}` },
  { kind: "openai-key", secret: `sk-${alnum(20)}T3BlbkFJ${alnum(20)}` },
  { kind: "openai-key", secret: `sk-${hex(32)}` },
  { kind: "api-key", secret: `sk-${"or"}-v1-${hex(64)}` },
  { kind: "api-key", secret: `pplx-${alnum(48)}` },
  { kind: "api-key", secret: `tvly-dev-${alnum(32)}` },
  { kind: "google-key", secret: `AI${"za"}Sy${alnum(33)}` },
  { kind: "groq-key", secret: `gsk_${alnum(52)}` },
  { kind: "xai-key", secret: `xai-${alnum(80)}` },
  { kind: "huggingface-token", secret: `hf_${alnum(34)}` },
  { kind: "together-key", secret: `tgp_v1_${alnum(43)}` },
  { kind: "langsmith-key", secret: `lsv2_pt_${hex(32)}_${hex(10)}` },
  { kind: "langsmith-key", secret: `lsv2_sk_${hex(32)}_${hex(10)}` },
  ...["p", "o", "u", "s", "r"].map((letter) => ({
    kind: "github-token",
    secret: `gh${letter}_${alnum(36)}`,
  })),
  { kind: "github-token", secret: `github_pat_${alnum(22)}_${alnum(59)}` },
  { kind: "gitlab-token", secret: `glpat-${alnum(10)}-${alnum(9)}` },
  { kind: "npm-token", secret: `npm_${alnum(36)}` },
  { kind: "pypi-token", secret: `pypi-${"AgEI"}cHlwaS5vcmc${alnum(100)}` },
  { kind: "slack-token", secret: `xox${"b"}-123456789012-1234567890123-${alnum(24)}` },
  { kind: "slack-token", secret: `xox${"p"}-123456789012-123456789012-${hex(32)}` },
  { kind: "slack-token", secret: `xapp-1-A012345678-1234567890123-${hex(64)}` },
  { kind: "aws-access-key-id", secret: `AK${"IA"}${upper(16)}` },
  { kind: "aws-access-key-id", secret: `AS${"IA"}${upper(16)}` },
  { kind: "stripe-key", secret: `sk_${"live"}_${alnum(24)}` },
  { kind: "stripe-key", secret: `sk_${"test"}_${alnum(99)}` },
  { kind: "stripe-key", secret: `rk_${"live"}_${alnum(24)}` },
  { kind: "webhook-secret", secret: `whsec_${alnum(12)}+/${alnum(17)}=` },
  { kind: "sendgrid-key", secret: `SG.${alnum(22)}.${alnum(43)}` },
  { kind: "telegram-token", secret: `123456789:AA${alnum(33)}` },
  { kind: "jwt", secret: jwt },
  { kind: "private-key", secret: pem("PRIVATE KEY", "\n") },
  { kind: "private-key", secret: pem("RSA PRIVATE KEY", "\r\n") },
  { kind: "private-key", secret: pem("OPENSSH PRIVATE KEY", "\\n") },
  { kind: "private-key", secret: pem("PGP PRIVATE KEY BLOCK", "\n") },
  {
    kind: "private-key",
    secret: pem("EC PRIVATE KEY", "\n").replace(
      "-----\n",
      `-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${hex(32).toUpperCase()}\n\n`,
    ),
  },
];

/** A secret without a form of its own, such as AWS's secret access keys. */
export const SHAPELESS: string = `wJ${alnum(18)}/${alnum(10)}+${alnum(8)}`;
