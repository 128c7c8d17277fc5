import { expect } from "chai";
import remove from "#playbooks/remove.ts";
import { loadInventory } from "#engine/inventory/load.ts";
import { playHosts } from "#engine/runner/index.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The names of the hosts of each play, by its name. */
function hostsOfPlays(...extraVars: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const root = mkdtempSync(path.join(tmpdir(), "kubeplay-remove-"));
  try {
    const file = path.join(root, "hosts.yaml");
    const groups = { masters: { hosts: { m1: null, m2: null, m3: null } }, nodes: { hosts: { n1: null } } };
    writeFileSync(file, JSON.stringify(groups));
    const inventory = loadInventory({ file, root, extraVars });
    return new Map(
      remove.map((play) => [play.name, playHosts(play, inventory, undefined).map(({ name }) => name)] as const),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe("the playbook remove", () => {
  it("checks on the masters that stay and on the machine, and ends the run if that fails", () => {
    const [first, second] = remove;
    expect([first?.anyErrorsFatal, second?.anyErrorsFatal]).to.deep.equal([true, true]);
    expect(hostsOfPlays("remove=m2").get(first?.name ?? "")).to.deep.equal(["m1", "m3", "m2"]);
  });

  it("connects to a machine only if it is not lost", () => {
    const all = [...hostsOfPlays("remove=m2", "remove_unreachable=true").values()].flat();
    expect(all).to.include("m1").and.not.include("m2");
  });

  it("removes the member before the machine stops etcd, and the Node after its kubelet stopped", () => {
    const names = remove.map(({ name }) => name);
    const order = ["The machine leaves the control plane", "Its member leaves etcd", "The machine's programs and keys"];
    const places = [...order, "The node leaves the API"].map((name) => names.indexOf(name));
    expect(places)
      .to.deep.equal([...places].sort((a, b) => a - b))
      .and.not.include(-1);
  });

  it("does not play on other hosts than those that stay, once it stops the machine", () => {
    const hosts = hostsOfPlays("remove=m2");
    expect(hosts.get("The machine's programs and keys")).to.deep.equal(["m2"]);
    expect(hosts.get("Every other API server")).to.deep.equal(["m1", "m3"]);
    expect(hosts.get("Every other host's proxy to the API")).to.deep.equal(["m1", "m3", "n1"]);
  });
});
