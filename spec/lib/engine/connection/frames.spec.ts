import { expect } from "chai";
import fc from "fast-check";
import { Frames } from "#engine/connection/frames.ts";
import { always } from "../../../always.ts";
import { hostileBytes } from "../../../hostile.ts";

const nonce = "0123456789abcdef0123456789abcdef";
const marker = `\n${nonce} `;

interface Command {
  readonly output: Buffer;
  readonly code: number;
}

/** Everything of a marker except a whole one with its code. */
const pieces = [
  "\n",
  "\n\n",
  nonce,
  ` ${nonce} 0\n`,
  nonce.slice(0, 20),
  marker.slice(0, -1),
  `${marker}x`,
  `${marker}\n`,
  `${marker}1234\n`,
  `${marker}-1\n`,
  `${marker}12 \n`,
  `${marker}12 x\n`,
  `${marker}release\n`,
];
const output = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces).map((text) => Buffer.from(text)),
      hostileBytes,
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts))
  .filter(
    (bytes) => !/\n0123456789abcdef0123456789abcdef (\d{1,3}( \d{1,10})?|released)\n/.test(bytes.toString("latin1")),
  );
/** A command with pipes of its own has a `pid`, or 0; `late` is what a program that it left prints before they close. */
const commands = fc.array(fc.record({ output, code: fc.nat({ max: 255 }), pid: fc.option(fc.nat()), late: output }), {
  maxLength: 5,
});

/** Feeds a stream in chunks of these lengths, over and over. */
function split(stream: Buffer, lengths: readonly number[]): { ended: Command[]; rest: Buffer; mostHeld: number } {
  const ended: Command[] = [];
  let current: Buffer[] = [];
  let [given, passed, mostHeld] = [0, 0, 0];
  const frames = new Frames(nonce, {
    onOutput: (bytes) => {
      passed += bytes.length;
      current.push(Buffer.from(bytes));
    },
    onFrame: (words) => {
      passed += marker.length + words.join(" ").length + 1;
      if (words[0] === "released") return;
      ended.push({ output: Buffer.concat(current), code: Number(words[0]) });
      current = [];
    },
  });
  for (let index = 0; given < stream.length; index++) {
    const chunk = stream.subarray(given, given + (lengths[index % lengths.length] ?? 1));
    given += chunk.length;
    frames.feed(chunk);
    mostHeld = Math.max(mostHeld, given - passed);
  }
  frames.end();
  return { ended, rest: Buffer.concat(current), mostHeld };
}

const lengths = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 6 });

describe("the frames of a session", () => {
  always(
    "give every command its own output and code alone, however the stream is cut into chunks",
    fc.tuple(commands, lengths),
    ([all, cut]) => {
      const stream = Buffer.concat(
        all.flatMap(({ output, code, pid, late }) => [
          output,
          ...(pid === null
            ? [Buffer.from(`${marker}${String(code)}\n`)]
            : [Buffer.from(`${marker}${String(code)} ${String(pid)}\n`), late, Buffer.from(`${marker}released\n`)]),
        ]),
      );
      // An output may end with the beginning of a marker that the real one then completes; a shell cannot tell either.
      const texts = all.flatMap(({ output, late }) => [output, late].map((bytes) => bytes.toString("latin1")));
      fc.pre(texts.every((text) => !text.endsWith(marker)));
      expect(split(stream, cut).ended).to.deep.equal(all.map(({ output, code }) => ({ output, code })));
    },
  );

  always("pass on every byte of a host that ends no command", fc.tuple(output, lengths), ([bytes, cut]) => {
    const { ended, rest } = split(bytes, cut);
    expect(ended).to.deep.equal([]);
    expect(rest.equals(bytes)).to.equal(true);
  });

  always(
    "hold back no more than one end of a command, whatever the host prints",
    fc.tuple(
      fc.constantFrom(marker, `${marker}12`, `${marker}x`, "\n", "a"),
      fc.constantFrom("a", "1", "\n", marker),
      lengths,
    ),
    ([begin, more, cut]) => {
      const { mostHeld } = split(Buffer.from(begin + more.repeat(500)), cut);
      expect(mostHeld).to.be.at.most(marker.length + 15);
    },
  );
});
