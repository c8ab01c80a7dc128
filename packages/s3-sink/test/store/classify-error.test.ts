import { StepLogError } from "@step-log/core";
import { describe, expect, test } from "vitest";
import { ObjectStoreError } from "../../src/index.ts";
import { classifyError, type Verdict } from "../../src/store/classify-error.ts";

const TABLE: readonly (readonly [Verdict, number | undefined, string | undefined])[] = [
  ["taken", 412, "PreconditionFailed"],
  ["taken", 412, undefined],
  ["unconditional", 501, "NotImplemented"],
  ["busy", 503, "SlowDown"],
  ["busy", 503, undefined],
  ["busy", 429, "TooManyRequests"],
  ["retry", 409, "ConditionalRequestConflict"],
  ["retry", 500, "InternalError"],
  ["retry", 502, undefined],
  ["retry", 408, undefined],
  ["retry", 403, "RequestTimeTooSkewed"],
  ["retry", 400, "ExpiredToken"],
  ["retry", 400, "BadDigest"],
  ["retry", 400, "RequestTimeout"],
  ["retry", undefined, "ECONNRESET"],
  ["retry", undefined, "CredentialsProviderError"],
  ["park", 403, "AccessDenied"],
  ["park", 403, "InvalidAccessKeyId"],
  ["park", 403, "SignatureDoesNotMatch"],
  ["park", 403, undefined],
  ["park", 404, "NoSuchBucket"],
  ["park", 301, "PermanentRedirect"],
  ["park", 400, "AuthorizationHeaderMalformed"],
  ["park", 400, "KMS.DisabledException"],
  ["bad", 400, "InvalidRequest"],
  ["bad", 400, undefined],
  ["bad", 413, "EntityTooLarge"],
];

test.each(TABLE)("%s: status %s, code %s", (verdict, status, code) => {
  const known = { ...(status !== undefined && { status }), ...(code !== undefined && { code }) };
  expect(classifyError(new ObjectStoreError("failed", known))).toBe(verdict);
  expect(classifyError(known)).toBe(verdict);
});

describe("an error that says nothing", () => {
  test.each([new Error("socket hang up"), "text", null, undefined])(
    "counts as the network's: %s",
    (error) => {
      expect(classifyError(error)).toBe("retry");
    },
  );
});

test("a package that is missing parks", () => {
  expect(classifyError(new StepLogError("MISSING_PACKAGE", "missing"))).toBe("park");
});
