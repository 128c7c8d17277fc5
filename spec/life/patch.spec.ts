import { expect } from "chai";
import { lastSummary } from "../cluster/lab.ts";
import { isWell, makeCluster, play, removeLab, underLoad, variables, versions } from "./ha-cluster.ts";

const earlier = { kubernetes_version: "1.36.1", etcd_version: "3.6.8", containerd_version: "2.4.1" };
const later = { ...earlier, kubernetes_version: "1.36.3" };

const changes = (): readonly string[] =>
  lastSummary()
    .changes.map(({ host, task }) => `${host}: ${task}`)
    .sort();

/** By itself, and in no lane: 1.36.1 is needed for this alone, and takes long to build where upstream is not reachable. */
describe("the upgrade to a later patch release under load", () => {
  before("make a cluster of the earlier one", () => makeCluster(...variables(earlier)));
  after("remove it", removeLab);

  it("changes what --check foretells, and nothing the second time", async () => {
    await play("--check", ...variables(later), "upgrade");
    const foreseen = changes();
    await underLoad("1.36.1 → 1.36.3", () => play(...variables(later), "upgrade"));
    expect(changes()).to.deep.equal(foreseen);
    expect(await versions()).to.deep.equal(["Kubernetes v1.36.3", "containerd://2.4.1", "v1.36.3"]);
    await isWell();
    for (const playbook of ["upgrade", "site"]) {
      await play(...variables(later), playbook);
      expect(changes(), playbook).to.deep.equal([]);
    }
  });

  it("is put back", async () => {
    await underLoad("back to 1.36.1", () => play(...variables(later), "-e", "rollback=true", "upgrade"));
    expect(await versions()).to.deep.equal(["Kubernetes v1.36.1", "containerd://2.4.1", "v1.36.1"]);
    await isWell();
    // Tools are no part of it.
    await play(...variables(earlier), "site");
    expect(changes().filter((change) => !/: Install kubectl$|^localhost: /.test(change))).to.deep.equal([]);
  });

  it("says that nothing is left to put back", async () => {
    const { output } = await play(...variables(earlier), "-e", "rollback=true", "upgrade");
    expect(output.replace(/\s+/g, " ")).to.contain("have kept nothing of an upgrade");
    expect(changes()).to.deep.equal([]);
  });
});
