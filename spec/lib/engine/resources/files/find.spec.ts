import { expect } from "chai";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { defineRole, file, find, play, playbook } from "kubeplay";
import { clear, folder, played } from "../../runner/stage.ts";
import { subject } from "../one-resource.ts";

describe("the resource find", () => {
  after(clear);

  it("is never a change, and gives later tasks what it finds by name", async () => {
    const root = folder();
    mkdirSync(`${root}/logs/old.log`, { recursive: true });
    for (const name of ["b.log", "a.log", "a.txt"]) writeFileSync(`${root}/logs/${name}`, "");
    const logs = find("Find logs", { path: `${root}/logs`, match: "\\.log$" });
    const list = logs.output.map((entries) => entries.map(({ path }) => `${path}\n`).join(""));
    const kept = file("List them", { dest: `${root}/list`, content: list });
    const role = defineRole({ name: "one", description: "", vars: {}, tasks: () => [logs, kept] });
    const { tasks } = await played({
      root,
      playbook: playbook([play({ name: "One", hosts: "all", roles: [role] })]),
    });
    expect(tasks.map(({ outcome }) => outcome)).to.deep.equal(["ok", "changed"]);
    expect(readFileSync(`${root}/list`, "utf8")).to.equal(`${root}/logs/a.log\n${root}/logs/b.log\n`);
  });

  it("refuses numbers that cannot be meant, and what is no pattern", () => {
    const of = (more: object) => () => subject(find("f", { path: "/srv", ...more }));
    expect(of({ depth: 0 })).to.throw("/srv: depth is 0, expected a whole number of levels, at least 1");
    expect(of({ olderThan: -1 })).to.throw("olderThan is -1, expected a whole number of seconds");
    expect(of({ largerThan: 0.5 })).to.throw("largerThan is 0.5, expected a whole number of bytes");
    expect(of({ match: "(" })).to.throw("/srv: match: ");
  });
});
