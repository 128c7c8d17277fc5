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

  it("is made with a name that groupadd accepts, keeps any that it has, and is removed whatever its name", () => {
    for (const name of ["ops@corp.example", "prüfer", "a+b", "\u{1F600}__proto__"]) {
      const odd = subject(group("g", { name }));
      expect(odd.diff({ now: { gid: 7, members: [] } })).to.deep.equal([]);
      expect(() => odd.diff({ now: undefined }), name).to.throw("groupadd makes none with this name");
    }
    for (const name of ["-a", "a b", "a/b"])
      expect(() => subject(group("g", { name })), name).to.throw("is not the name of a group");
    const gone = subject(group("g", { name: "domain users", state: "absent" }));
    expect(gone.steps({ now: { gid: 7, members: [] } })).to.deep.equal(["groupdel -- 'domain users'"]);
  });

  const file = (owner: object) => ({ type: "file", mode: 0o644, owner: "root", uid: 0, ...owner });

  it("is left by its members if it is removed, and only then", () => {
    const member = { uid: 990, group: "kube", groups: ["adm", "etcd"] };
    const now = { now: { name: "etcd", gid: 7, members: ["kube"] } };
    const gone = subject(group("g", { name: "etcd", state: "absent" }));
    const found = gone.diff(now);
    expect(gone.becomes(found, "user", member)).to.deep.equal({ ...member, groups: ["adm"] });
    expect(gone.becomes(found, "user", undefined), "a missing user").to.equal(undefined);
    expect(gone.becomes(found, "group", now.now), "found by its number").to.equal(undefined);
    const other = { name: "adm", gid: 4, members: [] };
    expect(gone.becomes(found, "group", other)).to.equal(other);
    const kept = subject(group("g", { name: "etcd", gid: 5 }));
    expect(kept.becomes(kept.diff(now), "user", member)).to.equal(member);
    expect(kept.becomes(kept.diff(now), "group", now.now)).to.equal(now.now);
  });

  it("leaves its number to its files if it is removed", () => {
    const gone = subject(group("g", { name: "etcd", state: "absent" }));
    const found = gone.diff({ now: { name: "etcd", gid: 7, members: [] } });
    const own = file({ group: "etcd", gid: 7 });
    expect(gone.becomes(found, "path", own)).to.deep.equal({ ...own, group: "7" });
    const others = [file({ group: "adm", gid: 4 }), { type: "absent" }, { type: "link", target: "/etc" }];
    for (const state of others) expect(gone.becomes(found, "path", state)).to.equal(state);
    const foretold = { type: "file", mode: 0o644, owner: "root", group: "etcd" };
    expect(gone.becomes(found, "path", foretold), "a number that is not known yet").to.have.property(
      "group",
      undefined,
    );
  });

  it("with a new number has the files of that number, and no more those of the old one", () => {
    const moved = subject(group("g", { name: "etcd", gid: 5 }));
    const found = moved.diff({ now: { name: "etcd", gid: 7, members: [] } });
    const [old, taken] = [file({ group: "etcd", gid: 7 }), file({ group: "5", gid: 5 })];
    expect(moved.becomes(found, "path", old)).to.deep.equal({ ...old, group: "7" });
    expect(moved.becomes(found, "path", taken)).to.deep.equal({ ...taken, group: "etcd" });
    const made = subject(group("g", { name: "etcd" }));
    expect(made.becomes(made.diff({ now: undefined }), "path", old), "it is only made").to.equal(old);
  });

  it("is found by its new number, and by its old one no more", () => {
    const moved = group("g", { name: "etcd", gid: 5 });
    if (!("resource" in moved.does)) throw new Error("not a resource");
    const effects = moved.does.resource.effects?.(moved.props, [{ what: "gid", before: 7, after: 5 }]) ?? [];
    const states = effects.flatMap((one) =>
      one !== "everything" && "query" in one ? [[one.query.key, one.state] as const] : [],
    );
    expect(states).to.deep.equal([
      ["7", undefined],
      ["5", { name: "etcd", gid: 5, members: [] }],
    ]);
  });

  it("refuses what is not a number of a group", () => {
    for (const gid of [-1, 1.5, 2 ** 32 - 1, NaN, "5; id #" as unknown as number])
      expect(() => subject(group("g", { name: "etcd", gid }))).to.throw(
        `etcd: the gid is ${String(gid)}, expected a whole number from 0 to 4294967294`,
      );
  });
});
