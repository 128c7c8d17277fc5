import { expect } from "chai";
import type { Block, Item, Role } from "kubeplay";
import { isBlock } from "#engine/tasks/block.ts";
import { onlyInRollback, putBackOn, unlessRollback, upgraded } from "#cluster/upgrade/upgraded.ts";
import { etcd } from "#roles/etcd/index.ts";
import { containerd } from "#roles/containerd/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { apiserverService, containerdService, etcdService, kubeletService } from "#roles/upgrade/services.ts";
import { master, namesOf, node, tasksOf } from "../../../roles/setting.ts";

const hosts = [master("a", "10.0.0.11"), master("b", "10.0.0.12"), master("c", "10.0.0.13"), node("n", "10.0.0.21")];

/** The names of the tasks of a role's first block that hosts take turns at: usual ones, and those of its rescue. */
function turnOf(role: Role): { readonly tasks: string[]; readonly rescue: string[] } {
  let found: Block | undefined;
  const spying = {
    ...role,
    tasks: (context: Parameters<Role["tasks"]>[0]): readonly Item[] => {
      const items = role.tasks(context);
      found = items.find((item): item is Block => isBlock(item) && item.turns !== undefined);
      return items;
    },
  };
  tasksOf(spying, { hosts });
  const names = (items: readonly Item[] = []) => items.map(({ name }) => name);
  return { tasks: names(found?.tasks), rescue: names(found?.rescued) };
}

describe("a role in an upgrade", () => {
  it("keeps what runs before it changes anything, and notes that the host came back", () => {
    const { tasks } = turnOf(upgraded(etcd, etcdService));
    const at = (name: string) => tasks.indexOf(name);
    expect(at("Keep what etcd runs with")).to.be.greaterThan(-1).and.lessThan(at("Install etcd"));
    expect(tasks.at(-1)).to.equal("Note that etcd is upgraded");
    // The handlers run before: until the service is well, nothing is noted.
    expect(at("Run the handlers")).to.equal(tasks.length - 2);
  });

  it("has failed once its unit did not start for component_patience seconds, whatever limit the unit has", () => {
    const vars = { component_patience: 45 } as object;
    const limits = [
      tasksOf(upgraded(etcd, etcdService), { hosts, vars }),
      tasksOf(upgraded(kubeApiserver, apiserverService), { hosts, vars }),
      tasksOf(upgraded(containerd, containerdService), { hosts, vars }),
      tasksOf(upgraded(kubelet, kubeletService), { hosts, vars }),
    ]
      .flatMap((tasks) => [...new Set(tasks.flatMap(({ handlers }) => handlers))])
      .flatMap(({ tasks }) => tasks)
      .flatMap(({ name, props }) =>
        name.startsWith("Restart") && !("noBlock" in props) ? [[name, (props as { timeout?: number }).timeout]] : [],
      );
    expect(limits).to.deep.equal([
      ["Restart etcd", 45],
      ["Restart kube-apiserver", 45],
      ["Restart containerd", 45],
      ["Restart the kubelet", 45],
    ]);
  });

  it("is put back on a host that fails, waits for what ran before, and ends the run", () => {
    expect(turnOf(upgraded(etcd, etcdService)).rescue).to.deep.equal([
      "Put etcd back",
      "Wait until the member is healthy and stays up",
      "Stop the upgrade",
    ]);
  });

  it("puts back what was changed on the same node before, and takes the node back into service", () => {
    expect(turnOf(upgraded(kubelet, kubeletService)).rescue).to.deep.equal([
      "Put kubelet back",
      "Put containerd back",
      "Wait until it is healthy and stays up",
      "Take the node back into service",
      "Stop the upgrade",
    ]);
  });

  it("does nothing during a rollback, in which it is put back instead", () => {
    const vars = { rollback: true } as object;
    expect(namesOf(tasksOf(upgraded(etcd, etcdService), { hosts, vars }))).to.deep.equal([]);
    expect(namesOf(tasksOf(unlessRollback(etcd), { hosts, vars }))).to.deep.equal([]);
    expect(namesOf(tasksOf(putBackOn(etcd, etcdService), { hosts, vars }))).to.deep.equal([
      "Put etcd back",
      "Wait until the member is healthy and stays up",
    ]);
    expect(namesOf(tasksOf(onlyInRollback(etcd), { hosts, vars }))).to.not.deep.equal([]);
    expect(namesOf(tasksOf(putBackOn(etcd, etcdService), { hosts }))).to.deep.equal([]);
    expect(namesOf(tasksOf(onlyInRollback(etcd), { hosts }))).to.deep.equal([]);
  });
});
