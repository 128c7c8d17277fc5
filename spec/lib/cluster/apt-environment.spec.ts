import { expect } from "chai";
import { cniBridge } from "#roles/cni-bridge/index.ts";
import { host } from "#roles/host/index.ts";
import { kubeNginx } from "#roles/kube-nginx/index.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import type { Role } from "kubeplay";
import type { Task } from "#engine/tasks/task.ts";
import { tasksOf } from "../../roles/tasks-of.ts";

const roles: readonly Role[] = [host, kubeNginx, kubeProxy, cniBridge] as readonly Role[];
const hosts = (last: number): object => ({ [`host-${String(last)}`]: { ansible_host: `10.0.0.${String(last)}` } });
/** cni-bridge does nothing for another network. */
const chosen = ({ name }: Role): object => (name === "cni-bridge" ? { cni: "bridge" } : {});
/** The tasks of a role that install packages. */
const installing = (role: Role, vars: object): readonly Task[] =>
  tasksOf(role, {
    inventory: { masters: { hosts: hosts(11) }, nodes: { hosts: hosts(21) }, all: { vars } },
    host: "host-21",
  }).filter(({ does }) => "resource" in does && does.resource.kind === "packages");

describe("the environment of apt on a host", () => {
  for (const role of roles)
    it(`is that of the bundle for each package of the role ${role.name}, also if it runs alone`, () => {
      const vars = { host_debian_packages: "/media/bundle/debian.tar", ...chosen(role) };
      const tasks = installing(role, vars);
      expect(tasks).not.to.be.empty;
      for (const { name, exports } of tasks)
        expect(exports, name).to.deep.equal({ APT_CONFIG: "/var/lib/kubeplay/debian/apt.conf" });
    });

  it("is empty without a bundle and a proxy", () => {
    const tasks = roles.flatMap((role) => installing(role, chosen(role)));
    expect(tasks).not.to.be.empty;
    for (const { name, exports } of tasks) expect(exports, name).to.deep.equal({});
  });
});
