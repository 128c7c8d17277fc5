import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { group } from "#engine/queries/group.ts";
import { keepsEnvironment } from "../environment.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";
import { parse, parseAll } from "./parse.ts";

describe("the query group", () => {
  keepsEnvironment();
  const folder = temporaryFolder();

  it("returns gid and members, and undefined for an unknown name", async () => {
    const [root, none] = await ask([group("root"), group("no-such-group")]);
    expect(root).to.include({ gid: 0 });
    expect(none).to.equal(undefined);
    expect(parse(group("a"), "a:x:6:root,kube\n")).to.deep.equal({ name: "a", gid: 6, members: ["root", "kube"] });
  });

  it("finds a group by another case of its name, as directories of users allow", async () => {
    const states = parseAll([group("no-such-group"), group("Staff")], "\nstaff:x:50:\n");
    expect(states).to.deep.equal([undefined, { name: "staff", gid: 50, members: [] }]);
    const among = await ask([group("no-such-group"), group("root"), group("neither"), group("1")]);
    expect(among.map((state) => state?.gid)).to.deep.equal([undefined, 0, undefined, 1]);
  });

  it("starts one program for several, if all exist or none does", async () => {
    const calls = path.join(folder, "calls");
    const getent = `#!/bin/sh\necho >> "\${0%/*}/calls"\nexec /usr/bin/getent "$@"\n`;
    writeFileSync(path.join(folder, "getent"), getent, { mode: 0o755 });
    process.env.PATH = `${folder}:${process.env.PATH ?? ""}`;
    for (const [names, gids] of [
      [
        ["root", "daemon", "2"],
        [0, 1, 2],
      ],
      [
        ["no-such-group", "neither", "3999999999"],
        [undefined, undefined, undefined],
      ],
    ] as const) {
      writeFileSync(calls, "");
      const found = await ask(names.map(group));
      expect(found.map((state) => state?.gid)).to.deep.equal(gids);
      expect(readFileSync(calls, "utf8")).to.equal("\n");
    }
  });

  it("finds a group by its number", async () => {
    const [root, none] = await ask([group("0"), group("3999999999")]);
    expect(root).to.include({ name: "root", gid: 0 });
    expect(none).to.equal(undefined);
  });
});
