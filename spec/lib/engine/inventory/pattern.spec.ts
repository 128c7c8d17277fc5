import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { selectNames, type Names } from "#engine/inventory/pattern.ts";
import { problemsOf, project, removeProjects } from "./project.ts";

afterEach(removeProjects);

const masters = ["master-1", "master-2", "master-3"];
const nodes = ["node-1", "node-2"];
const names: Names = {
  hosts: [...masters, ...nodes, "desk"],
  groups: new Map([
    ["all", { hosts: [...masters, ...nodes, "desk"] }],
    ["ungrouped", { hosts: [] }],
    ["masters", { hosts: masters }],
    ["nodes", { hosts: nodes }],
    ["etcd", { hosts: ["master-3", "master-1"] }],
    ["admin", { hosts: ["desk"] }],
  ]),
};

describe("a pattern", () => {
  const right: readonly (readonly [string, readonly string[]])[] = [
    ["all", names.hosts],
    ["*", names.hosts],
    ["masters", masters],
    ["desk", ["desk"]],
    ["etcd", ["master-3", "master-1"]],
    ["nodes:masters", [...nodes, ...masters]],
    ["nodes,masters", [...nodes, ...masters]],
    ["nodes, desk : master-1", [...nodes, "desk", "master-1"]],
    ["masters:&etcd", ["master-1", "master-3"]],
    ["masters:!etcd", ["master-2"]],
    ["!etcd:masters", ["master-2"]],
    ["!masters", [...nodes, "desk"]],
    ["&etcd", ["master-1", "master-3"]],
    ["all:&etcd:!master-1", ["master-3"]],
    ["nodes:!node-2", ["node-1"]],
    ["all:!old-*", names.hosts],
    ["node*", nodes],
    ["*-1", ["master-1", "node-1"]],
    ["node-?", nodes],
    ["node-[!2]", ["node-1"]],
    ["~(master|node)-1", ["master-1", "node-1"]],
    ["~.*-[23]$", ["master-2", "master-3", "node-2"]],
    ["~(?:desk|nodes)", [...nodes, "desk"]],
    ["masters[0]", ["master-1"]],
    ["masters[-1]", ["master-3"]],
    ["masters[0:1]", ["master-1", "master-2"]],
    ["masters[1:]", ["master-2", "master-3"]],
    ["masters[:1]", ["master-1", "master-2"]],
    ["masters[0-1]", ["master-1", "master-2"]],
    ["masters[3:]", []],
    ["masters[0:9]:!masters[1]", ["master-1", "master-3"]],
    ["masters:masters", masters],
    ["ungrouped", []],
    ["localhost", ["localhost"]],
    ["nodes:localhost", [...nodes, "localhost"]],
  ];
  for (const [pattern, expected] of right)
    it(`${pattern} selects ${expected.join(", ") || "no host"}`, () => {
      expect(selectNames(pattern, names)).to.deep.equal(expected);
    });

  const wrong: readonly (readonly [string, readonly string[]])[] = [
    ["master-4", ['there is no host or group "master-4"; did you mean "master-1"?']],
    ["master", ['there is no host or group "master"; did you mean "masters"?']],
    ["windows", ['there is no host or group "windows"']],
    ["all:!noodes", ['there is no host or group "noodes"; did you mean "nodes"?']],
    [
      "noodes:&ectd",
      [
        'there is no host or group "ectd"; did you mean "etcd"?',
        'there is no host or group "noodes"; did you mean "nodes"?',
      ],
    ],
    ["old-*", ['no host or group matches "old-*"']],
    ["~old", ['no host or group matches "~old"']],
    ["~(", ['"~(" is not a valid regular expression']],
    ["masters[3]", ['"masters[3]": masters has only 3 hosts, counted from 0']],
    ["@/nowhere/site.retry", ["/nowhere/site.retry: this list of hosts cannot be read"]],
  ];
  for (const [pattern, expected] of wrong)
    it(`${pattern} is an error with its cause`, () => {
      expect(problemsOf(() => selectNames(pattern, names))).to.have.members(expected);
    });

  it("may ignore unknown names and report them; mistakes stay errors", () => {
    const told: string[] = [];
    const lenient = (pattern: string): string[] => selectNames(pattern, names, (message) => told.push(message));
    expect(lenient("masters:workers:!legacy")).to.deep.equal(masters);
    expect(lenient("masters:&workers")).to.deep.equal([]);
    expect(lenient("workers[0]:old-*:~old:desk")).to.deep.equal(["desk"]);
    const unknown = ["legacy", "workers", "workers", "workers"].map((name) => `there is no host or group "${name}"`);
    expect(told.sort()).to.deep.equal(
      [...unknown, 'no host or group matches "old-*"', 'no host or group matches "~old"'].sort(),
    );
    for (const pattern of ["~(", "masters[3]", "@/nowhere/site.retry"])
      expect(
        problemsOf(() => lenient(pattern)),
        pattern,
      ).to.have.length(1);
  });

  it("accepts the hosts of a retry file, and reports the line of an unknown one", () => {
    const file = path.join(project({ "site.retry": "# two hosts\nnode-2\n\nmaster-1\n" }), "site.retry");
    expect(selectNames(`@${file}`, names)).to.deep.equal(["node-2", "master-1"]);
    writeFileSync(file, "node-2\nnode-7\n");
    expect(problemsOf(() => selectNames(`@${file}`, names))).to.deep.equal([
      `${file}:2: there is no host or group "node-7"; did you mean "node-1"?`,
    ]);
  });
});
