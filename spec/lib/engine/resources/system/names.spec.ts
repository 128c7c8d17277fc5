import { expect } from "chai";
import { hostname, timezone } from "kubeplay";
import { subject } from "../one-resource.ts";

const file = { type: "file", mode: 0o644, owner: "root", group: "root" };

describe("the resource hostname", () => {
  const task = subject(hostname("h", { name: "cp-1" }));

  it("tells the running name from the one after a boot", () => {
    expect(task.diff({ running: "cp-1", path: file, atBoot: "cp-1\n" })).to.deep.equal([]);
    const names = (running: string, atBoot: string) =>
      task.diff({ running, path: { ...file, sha256: "x" }, atBoot }).map(({ what }) => what);
    expect(names("old", "cp-1\n")).to.deep.equal(["name"]);
    expect(names("cp-1", "old\n")).to.deep.equal(["name at boot"]);
    expect(task.steps({ running: "cp-1", path: file, atBoot: "old\n" })).to.have.length(1);
  });

  it("refuses what no host can be called", () => {
    for (const name of ["", "a b", "-a", "a_b", "a..b", "a".repeat(65)])
      expect(() => subject(hostname("h", { name })), name).to.throw("is not the name of a host");
  });
});

describe("the resource timezone", () => {
  const task = subject(timezone("z", { name: "Europe/Berlin" }));

  it("takes an absolute and a relative link for the same", () => {
    for (const target of ["/usr/share/zoneinfo/Europe/Berlin", "../usr/share/zoneinfo/Europe/Berlin"])
      expect(task.diff({ link: { type: "link", target } })).to.deep.equal([]);
    expect(task.diff({ link: { type: "absent" } })).to.deep.equal([
      { what: "name", before: undefined, after: "Europe/Berlin" },
    ]);
  });

  it("says in a check that there is no such zone", () => {
    expect(task.problems({}, { type: "absent" })).to.deep.equal({
      "path /usr/share/zoneinfo/Europe/Berlin":
        "there is no time zone Europe/Berlin in /usr/share/zoneinfo: install tzdata, or correct the name",
    });
  });

  it("leaves a file alone, and refuses a name that is a path", () => {
    expect(() => task.diff({ link: { type: "file" } })).to.throw("/etc/localtime is a file, expected a link");
    for (const name of ["../shadow", "/etc/shadow", "Europe/../x"])
      expect(() => subject(timezone("z", { name })), name).to.throw("is not the name of a time zone");
  });
});
