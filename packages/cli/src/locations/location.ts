/** Where records are, as the user gave it. */
export type Location =
  /** A file or folder of step-log's, or of other tools. */
  | { readonly kind: "path"; readonly name: string; readonly path: string }
  /** What is piped in. */
  | { readonly kind: "stdin"; readonly name: "-" }
  /** `s3://bucket/logs/`, or whatever scheme a package has registered. */
  | { readonly kind: "url"; readonly name: string; readonly url: string };
