import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { screenOn } from "../../src/terminal/screen.ts";

/** A terminal that keeps what is written, and may be slow. */
function terminal(highWaterMark = 1e6) {
  const writes: string[] = [];
  let release = () => {};
  const output = new Writable({
    highWaterMark,
    write(piece, _encoding, done) {
      writes.push(String(piece));
      release = done;
      if (highWaterMark === 1e6) done();
    },
  });
  return { output, writes, release: () => release() };
}

test("a frame is one write, of the lines that are not there already", () => {
  const { output, writes } = terminal();
  const screen = screenOn(output);
  screen.enter();
  screen.draw(["one", "two", "three"]);
  screen.draw(["one", "2", "three"]);
  screen.draw(["one", "2", "three"]);
  expect(writes).toHaveLength(3);
  expect(writes[2]).toContain("\u{1b}[2;1H");
  expect(writes[2]).toContain("2");
  expect(writes[2]).not.toContain("one");
});

test("the terminal is given back once, and nothing is drawn afterwards", () => {
  const { output, writes } = terminal();
  const screen = screenOn(output);
  screen.draw(["too early"]);
  expect(writes).toEqual([]);
  screen.enter();
  screen.leave();
  screen.leave();
  screen.draw(["too late"]);
  expect(writes).toHaveLength(2);
  expect(writes[1]).toContain("\u{1b}[?1049l");
  expect(writes[1]).toContain("\u{1b}[?25h");
});

test("a terminal that is behind gets the last frame, and none in between", () => {
  const slow = terminal(1);
  const screen = screenOn(slow.output);
  screen.enter();
  slow.release();
  screen.draw(["first"]);
  screen.draw(["second"]);
  screen.draw(["third"]);
  slow.release();
  return new Promise<void>((resolve) => {
    setImmediate(() => {
      slow.release();
      setImmediate(() => {
        const drawn = slow.writes.join("");
        expect(drawn).toContain("first");
        expect(drawn).not.toContain("second");
        expect(drawn).toContain("third");
        resolve();
      });
    });
  });
});
