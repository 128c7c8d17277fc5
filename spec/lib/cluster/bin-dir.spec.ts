import { readdirSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import { expect } from "chai";
import type { Role, Task } from "kubeplay";
import { cniBridge } from "#roles/cni-bridge/index.ts";
import { containerd } from "#roles/containerd/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { host } from "#roles/host/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { kubectl } from "#roles/kubectl/index.ts";
import { kubeletApprover, kubeletServing } from "#roles/kubelet-approver/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { tasksOf } from "../../roles/tasks-of.ts";

const roles: readonly Role[] = [
  ...[cniBridge, containerd, etcd, kubeApiserver, kubeControllerManager, kubeProxy, kubeScheduler],
  ...[kubectl, kubelet, kubeletApprover, kubeletServing],
];
const hosts = { "cp-1": { ansible_host: "192.0.2.11" } };
const of = (role: Role, vars: object): string => {
  const inventory = {
    masters: { hosts },
    admin: { hosts: { "cp-1": null } },
    all: { vars: role === cniBridge ? { cni: "bridge", ...vars } : vars },
  };
  const told = ({ name, props, handlers }: Task): unknown => [
    name,
    props,
    handlers.map(({ tasks }) => tasks.map(told)),
  ];
  return inspect(tasksOf(role, { inventory, host: "cp-1" }).map(told), { depth: 9, maxStringLength: null });
};

describe("bin_dir, the folder of a cluster's programs", () => {
  for (const role of roles)
    it(`is used by all tasks of ${role.name}`, () => {
      expect(of(role, {})).to.include("/usr/local/bin");
      expect(of(role, { bin_dir: "/opt/bin" }))
        .to.include("/opt/bin")
        .and.not.include("/usr/local");
    });

  it("is not hard-coded in any template", () => {
    const found = readdirSync("roles", { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".hbs"))
      .filter((name) => readFileSync(`roles/${name}`, "utf8").includes("/usr/local"));
    expect(found).to.deep.equal([]);
  });

  it("is created before the programs, unless it is the system's own", () => {
    expect(of(host, {})).to.not.include("Make the programs' directory");
    expect(of(host, { bin_dir: "/opt/bin" }))
      .to.include("Make the programs' directory")
      .and.include("path: '/opt/bin'");
  });
});
