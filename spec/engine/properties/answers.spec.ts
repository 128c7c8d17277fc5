import { expect } from "chai";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { readOnly } from "#engine/connection/reader.ts";
import type { Query } from "#engine/queries/define.ts";
import * as queries from "#engine/queries/index.ts";
import { Overlay } from "#engine/runner/state/overlay.ts";
import { States } from "#engine/runner/state/states.ts";
import { quote } from "#engine/shell/quote.ts";
import { always } from "../../always.ts";
import { fileName, hostileBytes, linkTarget } from "../../hostile.ts";
import { host, on } from "../lab/host.ts";
import { cleared, stage } from "./scenes.ts";

const entry = fc.oneof(
  fc.record({ name: fileName, content: hostileBytes }),
  fc.record({ name: fileName, target: linkTarget }),
  fc.record({ name: fileName, target: fc.constantFrom("\n0\n", "f\t/other\t", "d\n/other\n") }),
);
const folders = fc.uniqueArray(entry, { minLength: 1, maxLength: 6, selector: ({ name }) => name });

const folder = `${stage}/of others`;
const pathOf = ({ name }: { readonly name: string }): string => `${folder}/${name}`;
/** Where a text is not UTF-8 is no concern here. */
const shownOf = (state: unknown): unknown =>
  typeof state === "object" && state !== null && "wrong" in state ? { ...state, wrong: true } : state;
const isText = (bytes: Buffer): boolean => Buffer.from(bytes.toString("utf8")).equals(bytes);

/** Whatever a local user calls things, and whatever is in them: all is asked in one write. */
describe("the answers of a host with hostile names", function () {
  this.timeout(600_000);

  always(
    "are right for everything that was asked",
    folders,
    async (entries) => {
      const made = entries.map((one) =>
        "content" in one
          ? `printf %s ${one.content.toString("base64")} | base64 -d > ${quote(pathOf(one))}`
          : `ln -s -- ${quote(one.target)} ${quote(pathOf(one))}`,
      );
      await on(
        "engine-1",
        `${cleared} && mkdir ${quote(folder)}\n${made.join("\n")}\nchown -hR daemon ${quote(folder)}`,
      );
      const paths = [...entries.map(pathOf), `${folder}/not there`];
      const state = paths.map(queries.path);
      const content = paths.map(queries.content);
      const digest = paths.map(queries.digest);
      const listed = queries.entries(folder);
      const [user, group] = [queries.user("daemon"), queries.group("daemon")];
      const states = new States(readOnly(await host("engine-1")), new Overlay(), new Overlay());
      await states.ask([...state, ...content, ...digest, listed, user, group]);
      expect(states.get(listed)).to.have.members(entries.map(({ name }) => name));
      expect(states.get(user)).to.include({ uid: 1, group: "daemon" });
      expect(states.get(group)).to.include({ name: "daemon", gid: 1 });
      const at = <State>(all: readonly Query<State>[], index: number): unknown => {
        const query = all[index];
        return query && states.get(query);
      };
      for (const [index, one] of entries.entries())
        if ("content" in one) {
          const sha256 = createHash("sha256").update(one.content).digest("hex");
          expect(at(state, index)).to.include({ type: "file", size: one.content.length, sha256, owner: "daemon" });
          expect(shownOf(at(content, index))).to.deep.equal(
            isText(one.content) ? one.content.toString("utf8") : { binary: one.content.length, wrong: true },
          );
          expect(at(digest, index)).to.equal(sha256);
        } else expect(at(state, index)).to.include({ type: "link", target: one.target });
      expect(at(state, entries.length)).to.deep.equal({ type: "absent" });
      expect([at(content, entries.length), at(digest, entries.length)]).to.deep.equal([undefined, undefined]);
    },
    { runs: 60 },
  );
});
