import path from "node:path";
import { expect } from "chai";
import { renderTemplate } from "#engine/template/index.ts";
import type { Task } from "#engine/tasks/task.ts";
import { goEnvironment } from "#cluster/go-processors.ts";
import { containerd } from "#roles/containerd/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { master, tasksOf } from "../../roles/setting.ts";

const hosts = [master("a", "10.0.0.11")];
type Count = number | null;

/** The text of the unit that a role writes. */
function unitOf(name: string, tasks: readonly Task[]): string {
  const props = tasks.find((task) => task.name === "Write its unit")?.props as {
    content?: string;
    src?: string;
    values?: object;
  };
  return props.content ?? renderTemplate(path.resolve("roles", name, "templates", props.src ?? ""), props.values ?? {});
}

const roles: Readonly<Record<string, (count: Count) => readonly Task[]>> = {
  etcd: (go_processors) => tasksOf(etcd, { hosts, vars: { go_processors } }),
  "kube-apiserver": (go_processors) => tasksOf(kubeApiserver, { hosts, vars: { go_processors } }),
  "kube-controller-manager": (go_processors) => tasksOf(kubeControllerManager, { hosts, vars: { go_processors } }),
  "kube-scheduler": (go_processors) => tasksOf(kubeScheduler, { hosts, vars: { go_processors } }),
  kubelet: (go_processors) => tasksOf(kubelet, { hosts, vars: { go_processors } }),
  "kube-proxy": (go_processors) => tasksOf(kubeProxy, { hosts, vars: { go_processors } }),
  containerd: (go_processors) => tasksOf(containerd, { hosts, vars: { go_processors } }),
};

describe("how many processors a program of Go uses", () => {
  for (const [name, tasks] of Object.entries(roles))
    it(`is in ${name}'s unit where it is said, and else its own choice`, () => {
      expect(unitOf(name, tasks(1))).to.match(/\[Service\]\n(.+\n)*Environment=GOMAXPROCS=1\nExecStart/);
      expect(unitOf(name, tasks(null))).not.to.contain("GOMAXPROCS");
    });

  it("is a line of its own, or none", () => {
    expect(goEnvironment({ go_processors: 2 })).to.equal("Environment=GOMAXPROCS=2\n");
    expect(goEnvironment({ go_processors: null })).to.equal("");
  });
});
