import { describe, expect, test, vi } from "vitest";
import {
  memorySink,
  openSink,
  openSource,
  registerScheme,
  type StepLogError,
} from "../../src/index.ts";

const failure = (opening: Promise<unknown>) =>
  opening.then(
    () => undefined,
    (error) => error as StepLogError,
  );

describe("a registered scheme", () => {
  const sink = memorySink();
  const openTest = vi.fn((_location: string, _options?: object) => sink);
  registerScheme("Test", { openSink: openTest, openSource: async () => sink });

  test("gets the location and the options as they are", async () => {
    const options = { durability: "os" };
    expect(await openSink("test://host/logs?a=b#c", options)).toBe(sink);
    expect(openTest).toHaveBeenLastCalledWith("test://host/logs?a=b#c", options);
  });

  test("is known in any case", async () => {
    expect(await openSink("TEST:x")).toBe(sink);
    expect(await openSource("tEsT:x")).toBe(sink);
  });

  test("may have an opener that throws or rejects, with what it says", async () => {
    registerScheme("bad", { openSink: () => Promise.reject(new Error("no bucket")) });
    expect((await failure(openSink("bad:x")))?.message).toBe("no bucket");
  });

  test("may be one for writing or for reading alone", async () => {
    registerScheme("out", { openSink: () => sink });
    registerScheme("in", { openSource: () => sink });
    expect(await failure(openSource("out:x"))).toMatchObject({
      code: "UNKNOWN_SCHEME",
      message: "a location of scheme out: cannot be read",
    });
    expect(await failure(openSink("in:x"))).toMatchObject({
      code: "UNKNOWN_SCHEME",
      message: "a location of scheme in: cannot be written to",
    });
  });
});

test("memory: is a new sink in memory each time", async () => {
  const [one, two] = [await openSink("memory:"), await openSink("memory:")];
  expect([one.name, one === two]).toEqual(["memory", false]);
});

test.each(["redis://localhost", "http://example.com/logs", "constructor:x"])(
  "%s, of an unknown scheme, rejects and says what to do",
  async (location) => {
    const scheme = location.split(":")[0]?.toLowerCase();
    const message = `a location of scheme ${scheme}: is not registered; call registerScheme first`;
    for (const open of [openSink, openSource]) {
      expect(await failure(open(location))).toMatchObject({ code: "UNKNOWN_SCHEME", message });
    }
  },
);

test("a scheme whose package is not installed says which to install, and why", async () => {
  const error = await failure(openSink("s3://bucket/logs/"));
  expect(error).toMatchObject({
    code: "UNKNOWN_SCHEME",
    message:
      "a location of scheme s3: needs the package @step-log/s3-sink: npm install @step-log/s3-sink",
    cause: expect.any(Error),
  });
});

test.each([
  "./logs/",
  "logs",
  "/var/log/agent.jsonl",
  "C:\\logs\\agent.jsonl",
  "c:/logs/agent.jsonl",
  "C:agent.jsonl",
  "\\\\server\\share\\logs",
  "./run-2026:01.jsonl",
  "file:///var/log/agent.jsonl",
  "FILE:///var/log/agent.jsonl",
  "",
])("%j is a file", async (location) => {
  const opened: string[] = [];
  const open = (path: string) => {
    opened.push(path);
    return memorySink();
  };
  registerScheme("file", { openSink: open, openSource: open });
  await openSink(location);
  await openSource(location);
  expect(opened).toEqual([location, location]);
});
