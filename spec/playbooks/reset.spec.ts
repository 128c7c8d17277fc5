import { expect } from "chai";
import type { Role } from "kubeplay";
import type { Task } from "#engine/tasks/task.ts";
import reset from "#playbooks/reset.ts";
import { whole } from "#playbooks/site.ts";
import { restoreEtcd } from "#roles/restore/index.ts";
import { etcdSnapshot } from "#roles/upgrade/index.ts";
import { tasksOf } from "../roles/tasks-of.ts";
import { madeBy, takes } from "./traces.ts";

type Vars = Readonly<Record<string, unknown>>;

/** Variables that decide what roles make. */
const variants: readonly Vars[] = [
  {},
  { cni: "bridge", kube_proxy_mode: "ipvs", registry_state: "present", snapshot_timer: "daily", node_local_dns: true },
  { cni: "cilium", kube_proxy_replacement: true, host_time_service: "chrony" },
  { cni: "bridge", kube_proxy_mode: "iptables", bin_dir: "/opt/kube/bin", etcd_data_dir: "/srv/db/etcd" },
  { containerd_mirrors: [{ registry: "docker.io", endpoints: ["https://192.0.2.9:5000"] }], http_proxy: "http://x:1" },
];
const inventory = {
  masters: { hosts: { "cp-1": { ansible_host: "192.0.2.11" } } },
  nodes: { hosts: { "w-1": { ansible_host: "192.0.2.21" } } },
  admin: { hosts: { "cp-1": null } },
};

const tasksWith = (role: Role, host: string, vars: Vars): readonly Task[] => {
  const declared = Object.entries({ backup: "backups/x", ...vars }).filter(([name]) => Object.hasOwn(role.vars, name));
  return tasksOf(role, { inventory, host, extraVars: [JSON.stringify(Object.fromEntries(declared))] });
};

/** Those that `site`, `restore` and `upgrade` play on hosts. */
const onHosts: readonly Role[] = [
  ...whole.filter(({ hosts }) => hosts !== "localhost").flatMap(({ roles }) => roles),
  ...[restoreEtcd, etcdSnapshot],
];
const last = reset.at(-1)!;

describe("the playbook reset", () => {
  for (const vars of variants)
    for (const host of ["cp-1", "w-1"])
      it(`takes away all that roles make on ${host} with ${JSON.stringify(vars)}`, () => {
        const things = new Set(onHosts.flatMap((role) => tasksWith(role, host, vars).flatMap(madeBy)));
        expect(things).to.have.length.above(20);
        const undoing = last.roles.flatMap((role) => tasksWith(role, host, vars));
        const left = [...things].filter((thing) => !undoing.some((task) => takes(task, thing)));
        expect(left.join("\n")).to.equal("");
      });
});
