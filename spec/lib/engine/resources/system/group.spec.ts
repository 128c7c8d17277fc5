import { expect } from "chai";
import { group } from "kubeplay";
import { subject } from "../one-resource.ts";

describe("the resource group", () => {
  const table: readonly [string, Parameters<typeof group>[1], object | undefined, string | undefined][] = [
    ["is made", { name: "etcd" }, undefined, "groupadd -- 'etcd'"],
    [
      "is made as a system group with its number",
      { name: "etcd", system: true, gid: 5 },
      undefined,
      "groupadd --system --gid '5' -- 'etcd'",
    ],
    ["is not changed if it exists", { name: "etcd" }, { gid: 7, members: ["a"] }, undefined],
    ["gets another number", { name: "etcd", gid: 5 }, { gid: 7, members: ["a"] }, "groupmod --gid '5' -- 'etcd'"],
    ["is removed", { name: "etcd", state: "absent" }, { gid: 7, members: [] }, "groupdel -- 'etcd'"],
    ["is not removed if it does not exist", { name: "etcd", state: "absent" }, undefined, undefined],
  ];
  for (const [name, props, now, step] of table)
    it(name, () => {
      const resource = subject(group("g", props));
      expect(resource.diff({ now }).length > 0).to.equal(step !== undefined);
      if (step === undefined) return;
      expect(resource.steps({ now })).to.deep.equal([step]);
      expect(resource.diff(resource.forecast({ now }))).to.deep.equal([]);
    });

  it("has any name that Debian accepts, and is removed whatever its name", () => {
    for (const name of ["ops@corp.example", "prüfer", "a+b"])
      expect(subject(group("g", { name })).label).to.equal(name);
    for (const name of ["-a", "a b", "a/b"])
      expect(() => subject(group("g", { name })), name).to.throw("is not the name of a group");
    const gone = subject(group("g", { name: "domain users", state: "absent" }));
    expect(gone.steps({ now: { gid: 7, members: [] } })).to.deep.equal(["groupdel -- 'domain users'"]);
  });

  it("refuses what is not a number of a group", () => {
    for (const gid of [-1, 1.5, 2 ** 32 - 1, NaN, "5; id #" as unknown as number])
      expect(() => subject(group("g", { name: "etcd", gid }))).to.throw(
        `etcd: the gid is ${String(gid)}, expected a whole number from 0 to 4294967294`,
      );
  });
});
