import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { count } from "@step-log/example-demo/describe.js";
import { parsePartKey } from "@step-log/s3-sink";

/** @import { Screen } from "@step-log/example-demo/screen.js" */

/** @typedef {{ readonly url: string, readonly options: object, readonly where: string }} Place */

/**
 * What is in the bucket.
 *
 * @param {Screen} screen
 */
export function showBucket({ title, row, blank, paragraph, width, colors }) {
  return {
    /** @param {Place} bucket @param {string} question */
    opening({ url, where }, question) {
      blank();
      paragraph("Agents in four processes answer the same question, and log to one bucket.");
      paragraph("The model is a script on 127.0.0.1; all else is real.", colors.dim);
      title("Bucket");
      paragraph(url);
      paragraph(where, colors.dim);
      title("Question");
      paragraph(question);
    },

    /** @param {Place} bucket */
    async objects({ url, options }) {
      title("The bucket, as any S3 tool lists it");
      const [, Bucket, Prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(url) ?? [];
      const client = new S3Client({ region: "us-east-1", forcePathStyle: true, ...options });
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
      client.destroy();
      for (const { Key = "", Size = 0 } of Contents) {
        row(
          { text: Key.slice(Prefix?.length), width: width - 12, cut: "middle" },
          { text: `${count(Size)} B`, width: 11, align: "right", paint: colors.dim },
        );
      }
      const runs = new Set(Contents.map(({ Key = "" }) => parsePartKey(Key)?.slug));
      paragraph(`${Contents.length} parts of ${runs.size} runs`, colors.dim);
    },
  };
}
