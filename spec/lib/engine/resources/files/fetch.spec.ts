import { expect } from "chai";
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { defineRole, fetch, play, playbook, type FetchProps } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import type { Target, Writer } from "#engine/connection/types.ts";
import { clear, folder, played } from "../../runner/stage.ts";
import { asked, subject } from "../one-resource.ts";

const sha256 = "a".repeat(64);
const there = { type: "file", mode: 0o644, owner: "root", group: "root", size: 5, sha256 };

describe("the resource fetch", () => {
  after(clear);
  const one = subject(fetch("f", { src: "/srv/a", dest: "/here/a" }));

  it("compares the file of the host with that of the controller", () => {
    expect(asked(one)).to.deep.equal(["path /srv/a", "digest /srv/a", "controller file /here/a"]);
    const now = { there, large: sha256, own: undefined };
    expect(one.diff(now)).to.deep.equal([{ what: "content", before: undefined, after: sha256 }]);
    expect(one.diff({ ...now, ...one.forecast(now) })).to.deep.equal([]);
    expect(one.diff({ ...now, own: { sha256, size: 5, mode: 0o644 } })).to.deep.equal([
      { what: "mode", before: "0644", after: "0600" },
    ]);
    const large = { there: { ...there, sha256: undefined, size: 2 ** 30 }, large: sha256 };
    expect(one.diff({ ...large, own: { sha256, size: 2 ** 30, mode: 0o600 } })).to.deep.equal([]);
  });

  it("refuses what is no file, and tells a missing one unless it is optional", () => {
    const now = { there: { type: "absent" }, large: undefined, own: undefined };
    expect(one.diff(now)).to.have.length(1);
    expect(one.problems(now, now.there)["path /srv/a"]).to.include("there is no /srv/a");
    expect(() => one.rawSteps(now)).to.throw("there is no /srv/a");
    expect(subject(fetch("f", { src: "/srv/a", dest: "/here/a", optional: true })).diff(now)).to.deep.equal([]);
    expect(() => one.diff({ ...now, there: { type: "link", target: "b" } })).to.throw(
      "is a link to b, expected a file",
    );
    expect(() => one.diff({ ...now, there: { ...there, sha256: undefined } })).to.throw("cannot be read");
    for (const dest of ["", "reports/"])
      expect(() => subject(fetch("f", { src: "/srv/a", dest }))).to.throw("is not a file on the controller");
    expect(() => subject(fetch("f", { src: "/srv/a", dest: "a", mode: 0o1777 }))).to.throw("expected permission bits");
  });

  const run = (root: string, props: Partial<FetchProps> = {}, connected?: typeof connect) => {
    const task = fetch("Fetch", { src: `${root}/src`, dest: `${root}/to/here`, ...props });
    const role = defineRole({ name: "one", description: "", vars: {}, tasks: () => [task] });
    const plays = playbook([play({ name: "One", hosts: "all", roles: [role] })]);
    return played({ root, playbook: plays, ...(connected && { connect: connected }) });
  };

  it("writes a file of several parts as it is, for its owner alone, and once", async () => {
    const root = folder();
    const bytes = Buffer.alloc(9 * 1024 * 1024 + 1, "abc\0\xff", "latin1");
    writeFileSync(`${root}/src`, bytes);
    const first = await run(root);
    expect(first.code, first.terminal).to.equal(0);
    expect(readFileSync(`${root}/to/here`).equals(bytes)).to.equal(true);
    expect(statSync(`${root}/to/here`).mode & 0o777).to.equal(0o600);
    expect((await run(root)).changes).to.deep.equal([]);
    chmodSync(`${root}/to/here`, 0o644);
    writeFileSync(`${root}/src`, "new\n");
    expect((await run(root, { mode: 0o640 })).changes).to.have.length(1);
    expect(readFileSync(`${root}/to/here`, "utf8")).to.equal("new\n");
    writeFileSync(`${root}/src`, "");
    expect((await run(root)).code).to.equal(0);
    expect(readFileSync(`${root}/to/here`, "utf8")).to.equal("");
  });

  it("keeps the old file if the host's is changed while it is read", async () => {
    const root = folder();
    writeFileSync(`${root}/src`, "one\n");
    await run(root);
    writeFileSync(`${root}/src`, "two\n");
    const meddled = async (target: Target): Promise<Writer> => {
      const writer = await connect(target);
      return {
        host: writer.host,
        read: (script, options) => {
          if (script.startsWith("dd ")) writeFileSync(`${root}/src`, "three\n");
          return writer.read(script, options);
        },
        run: (script, options) => writer.run(script, options),
        upload: (upload, chain) => writer.upload(upload, chain),
        close: () => writer.close(),
      };
    };
    const { code, tasks } = await run(root, {}, meddled);
    expect(code).to.equal(2);
    expect(tasks[0]?.message).to.include("was changed while it was read");
    expect(readFileSync(`${root}/to/here`, "utf8")).to.equal("one\n");
    expect(readdirSync(`${root}/to`)).to.deep.equal(["here"]);
  });

  it("fails where nothing is, in a check too", async () => {
    const root = folder();
    const { code, tasks } = await run(root);
    expect(code).to.equal(2);
    expect(tasks[0]?.message).to.include(`there is no ${root}/src on the host`);
    expect(existsSync(`${root}/to`)).to.equal(false);
  });
});
