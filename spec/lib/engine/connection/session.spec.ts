import { expect } from "chai";
import fc from "fast-check";
import { PassThrough } from "node:stream";
import type { Channel, Exit } from "#engine/connection/channel.ts";
import { Session } from "#engine/connection/session.ts";
import { PlayError } from "#engine/errors.ts";
import { always } from "../../../always.ts";
import { hostileBytes } from "../../../hostile.ts";

/** What a host that knows the session's nonce can print: too many ends, too few, on one stream only, wrong codes. */
const lie = fc.record({
  stream: fc.constantFrom("stdout", "stderr"),
  says: fc.oneof(
    hostileBytes,
    fc.constantFrom("0", "1", "255", "256", "999", "1000", "-1", "", "NaN", "0x1").map((code) => ({ code })),
  ),
});

interface Host {
  readonly channel: Channel;
  readonly says: (stream: "stdout" | "stderr", bytes: Buffer | { readonly code: string }) => void;
  readonly end: (exit: Exit) => void;
}

function lyingHost(): Host {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  let end: (exit: Exit) => void = () => undefined;
  const closed = new Promise<Exit>((resolve) => (end = resolve));
  let read = "";
  streams.stdin.on("data", (chunk: Buffer) => (read += chunk.toString()));
  return {
    channel: { ...streams, closed, kill: () => end({ signal: "KILL" }) },
    says: (stream, what) => {
      const [nonce = ""] = /[0-9a-f]{32}/.exec(read) ?? [];
      streams[stream].write("code" in what ? `\n${nonce} ${what.code}\n` : what);
    },
    end: (exit) => {
      streams.stdout.end();
      streams.stderr.end();
      end(exit);
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a session with a host that lies", () => {
  always(
    "ends each command with one result or one error that a user can read",
    fc.tuple(fc.array(lie, { maxLength: 20 }), fc.nat({ max: 4 }), fc.boolean()),
    async ([lies, commands, chained]) => {
      const host = lyingHost();
      const session = new Session("liar", host.channel, { limit: 1000 });
      const chain = { id: "c1", broken: false, closed: false };
      const all = Array.from({ length: commands }, () =>
        session.run("true", chained ? { chain } : {}).catch((error: unknown) => error),
      );
      await turn();
      for (const { stream, says } of lies) host.says(stream, says);
      await turn();
      host.end({});
      for (const end of await Promise.all(all))
        if (end instanceof Error) expect(end).to.be.instanceOf(PlayError);
        else {
          expect(end)
            .to.have.property("code")
            .that.satisfies((code: number) => Number.isInteger(code) && code >= 0);
          expect(JSON.stringify(end).length).to.be.below(7000);
        }
      expect(session.usable).to.equal(false);
    },
  );
});
