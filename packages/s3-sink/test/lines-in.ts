import { gunzipSync } from "node:zlib";
import type { LightS3 } from "@step-log/s3-servers";

/** All lines that lie in a bucket, part by part. */
export function linesIn(server: LightS3, prefix = ""): string[] {
  return server
    .keys()
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) => {
      const { body } = server.object(key) ?? { body: Buffer.alloc(0) };
      const lines = key.endsWith(".gz") ? gunzipSync(body) : body;
      return lines.toString().match(/[^\n]*\n|[^\n]+$/g) ?? [];
    });
}
