import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { userInfo } from "node:os";
import { expect } from "chai";
import { hashLimit, path } from "#engine/queries/path.ts";
import { temporaryFolder } from "../temporary.ts";
import { ask } from "./ask.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the query path", () => {
  const folder = temporaryFolder();
  const { username, uid } = userInfo();

  it("distinguishes files that exist and files that do not, for names that need quoting in a shell", async () => {
    const names = ["plain", "with space", "it's", 'a "quote"', "$HOME", "back\\slash", "-n", "ünï", "star*", " end "];
    for (const name of names) writeFileSync(`${folder}/${name}`, name, { mode: 0o640 });
    const states = await ask([...names, "none", "star?"].map((name) => path(`${folder}/${name}`)));
    names.forEach((name, index) => {
      expect(states[index], name).to.include({ type: "file", mode: 0o640, owner: username, uid, sha256: sha256(name) });
      expect(states[index], name).to.include({ size: Buffer.byteLength(name) });
    });
    expect(states.slice(names.length)).to.deep.equal([{ type: "absent" }, { type: "absent" }]);
  });

  it("answers if none of the paths exists", async () => {
    expect(await ask([path(`${folder}/none`)])).to.deep.equal([{ type: "absent" }]);
  });

  it("returns the special bits of directories, and ignores a trailing slash", async () => {
    mkdirSync(`${folder}/directory`);
    chmodSync(`${folder}/directory`, 0o2750);
    const [state] = await ask([path(`${folder}//directory/`)]);
    expect(state).to.include({ type: "directory", mode: 0o2750, owner: username });
  });

  it("does not follow links, but returns whether they lead to a directory", async () => {
    mkdirSync(`${folder}/real`);
    symlinkSync("real", `${folder}/to directory`);
    symlinkSync("no where", `${folder}/dangling`);
    expect(await ask([path(`${folder}/to directory`), path(`${folder}/dangling`)])).to.deep.equal([
      { type: "link", target: "real", toDirectory: true },
      { type: "link", target: "no where", toDirectory: false },
    ]);
  });

  it("hashes files up to the limit and not beyond", async () => {
    for (const [name, size] of [
      ["at", hashLimit],
      ["over", hashLimit + 1],
    ] as const) {
      writeFileSync(`${folder}/${name}`, "");
      truncateSync(`${folder}/${name}`, size);
    }
    const [at, over] = await ask([path(`${folder}/at`), path(`${folder}/over`)]);
    expect(at)
      .to.include({ size: hashLimit })
      .and.to.have.property("sha256")
      .that.matches(/^[0-9a-f]{64}$/);
    expect(over)
      .to.include({ size: hashLimit + 1 })
      .and.not.to.have.property("sha256");
  });

  it("calls a socket other", async () => {
    const server = createServer();
    await new Promise<Server>((resolve) => server.listen(`${folder}/socket`, () => resolve(server)));
    expect(await ask([path(`${folder}/socket`)])).to.deep.equal([{ type: "other" }]);
    server.close();
  });

  it("rejects relative paths and names that would make the answer ambiguous", () => {
    expect(() => path("etc/hosts")).to.throw('"etc/hosts" is not an absolute path');
    expect(() => path("/a\nb")).to.throw("cannot contain a tab, a line end or NUL");
  });

  it("asks for a hundred paths with one find", () => {
    const script = "ask" in path("/a").of ? path("/a").of : undefined;
    const asked =
      script && "ask" in script ? script.ask(Array.from({ length: 100 }, (_, n) => `/etc/${String(n)}`)) : "";
    expect(asked.match(/\bfind\b/g)).to.have.length(1);
    expect(asked.match(/sha256sum/g)).to.have.length(1);
  });
});
