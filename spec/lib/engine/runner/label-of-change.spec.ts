import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { defineResource, defineRole, play, playbook } from "kubeplay";
import { probe } from "#engine/queries/probe.ts";
import { clear, folder, played } from "./stage.ts";

/** Empty files, two of them in one resource. */
const pair = defineResource({
  kind: "pair",
  label: (p: { readonly folder: string }) => `both in ${p.folder}`,
  labelOfChange: (found) => found.map(({ what }) => what).join(", "),
  needs: (p) => ({ one: probe(`test -e ${p.folder}/one`), two: probe(`test -e ${p.folder}/two`) }),
  diff: (now) => (["one", "two"] as const).filter((name) => !now[name]).map((what) => ({ what, before: 0, after: 1 })),
  apply: (found, _now, p) => found.map(({ what }) => `touch ${p.folder}/${what}`),
  forecast: () => ({ one: true, two: true }),
});

describe("a change of a resource with many subjects", () => {
  after(clear);

  it("names those that changed, in check mode as in the run", async () => {
    const root = folder();
    writeFileSync(path.join(root, "one"), "");
    const role = defineRole({
      name: "pairs",
      description: "",
      vars: {},
      tasks: () => [pair("Make both", { folder: root })],
    });
    const scene = { root, playbook: playbook([play({ name: "Pairs", hosts: "all", roles: [role] })]) };
    const labels = async (check: boolean) =>
      (await played({ ...scene, options: { check } })).tasks.map(({ outcome, label }) => `${outcome}: ${label}`);
    expect(await labels(true)).to.deep.equal(["changed: two"]);
    expect(await labels(false)).to.deep.equal(["changed: two"]);
    expect(await labels(false)).to.deep.equal([`ok: both in ${root}`]);
  });
});
