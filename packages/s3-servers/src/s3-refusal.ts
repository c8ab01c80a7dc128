/** An answer that is no success: status, the code that S3 has for it, headers beside. */
export interface S3Refusal {
  readonly status: number;
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown where a request is refused. */
export class S3RefusalError extends Error {
  readonly refusal: S3Refusal;

  constructor(status: number, code: string) {
    super(code);
    this.refusal = { status, code };
  }
}

/** Names of `REFUSALS`. */
export type RefusalName =
  | "accessDenied"
  | "badRequest"
  | "conflict"
  | "expiredToken"
  | "internalError"
  | "invalidAccessKey"
  | "noSuchBucket"
  | "requestTimeTooSkewed"
  | "slowDown";

/** What S3 refuses with, by its own names; for `LightS3.refuse`. */
export const REFUSALS: Readonly<Record<RefusalName, S3Refusal>> = {
  accessDenied: { status: 403, code: "AccessDenied" },
  badRequest: { status: 400, code: "InvalidRequest" },
  conflict: { status: 409, code: "ConditionalRequestConflict" },
  expiredToken: { status: 400, code: "ExpiredToken" },
  internalError: { status: 500, code: "InternalError" },
  invalidAccessKey: { status: 403, code: "InvalidAccessKeyId" },
  noSuchBucket: { status: 404, code: "NoSuchBucket" },
  requestTimeTooSkewed: { status: 403, code: "RequestTimeTooSkewed" },
  slowDown: { status: 503, code: "SlowDown" },
};

/** The body of a refusal. */
export function refusalXml({ code }: S3Refusal): string {
  return `${XML}<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}

/** What every document begins with. */
export const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';
