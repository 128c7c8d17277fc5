import { expect } from "chai";
import { assumedFacts } from "#engine/facts/assumed.ts";
import { findingsOf, questions } from "#roles/preflight/findings.ts";
import { preflight } from "#roles/preflight/index.ts";
import { running as active } from "../../lib/engine/unit-states.ts";
import { master, node, taskNamed, tasksOf } from "../setting.ts";
import { good } from "./good.ts";

const name = "Check that the host meets the requirements";

describe("preflight's queries of a host", () => {
  const kinds = (wanted: typeof good) => new Set(Object.values(questions(wanted)).map(({ of }) => of.kind));

  it("are of few kinds, and so use few processes", () => {
    expect([...kinds(good)]).to.deep.equal([
      "unit",
      "path",
      "content",
      "entries",
      "listeners",
      "controller's CAs",
      "routes",
      "etcd members",
    ]);
  });

  it("skip etcd on a host that is no master, and units on a host without systemd", () => {
    const facts = { ...assumedFacts("n"), systemd: false };
    expect([...kinds({ ...good, host: node("n", "10.0.0.21"), facts })]).to.deep.equal([
      "path",
      "content",
      "entries",
      "listeners",
      "controller's CAs",
      "routes",
    ]);
  });

  it("include the API on one host only", () => {
    const live = { kubeconfig: "/super-admin.kubeconfig", servers: ["https://10.0.0.11:6443"] };
    expect([...kinds({ ...good, live })]).to.include("running cluster");
    expect([...kinds(good)]).to.not.include("running cluster");
  });

  it("give findings without missing files, folders and units", () => {
    const found = findingsOf({
      "unit nginx": active,
      "unit k3s": { ...active, active: "failed" },
      "installed etcd": { type: "file", mode: 0o644 },
      "installed kubelet": { type: "absent" },
      "text /a": "text",
      "text /b": undefined,
      "text /c": { binary: 7 },
      "folder /d": ["x"],
      "folder /e": undefined,
      listening: [{ port: 22, address: "*", program: "sshd" }],
      authorities: { lab: { kubernetes: ["key"], etcd: [] } },
      live: { servers: {}, nodes: [] },
      routes: [{ to: "10.0.0.0/24", via: undefined, device: "eth0" }],
      "pod routes": [
        { to: "10.0.0.0/24", via: undefined, device: "eth0" },
        { to: "10.244.0.202", via: undefined, device: "cilium_host" },
        { to: "10.244.0.0/24", via: "10.244.0.202", device: "cilium_host" },
      ],
      etcd: { state: "not running" },
    });
    expect(found).to.deep.equal({
      running: ["nginx"],
      installed: ["etcd"],
      texts: { "/a": "text" },
      folders: { "/d": ["x"] },
      listening: [{ port: 22, address: "*", program: "sshd" }],
      routes: [{ to: "10.0.0.0/24", via: undefined, device: "eth0" }],
      podNetworks: ["10.244.0.0/24"],
      etcd: { state: "not running" },
      authorities: { lab: { kubernetes: ["key"], etcd: [] } },
      live: { servers: {}, nodes: [] },
    });
  });

  it("fail the host with all problems and the way to skip a check", () => {
    const hosts = [master("a", "10.0.0.11"), master("b", "10.0.0.12")];
    const vars = {
      kubelet_extra_config: { cgroupDriver: "cgroupfs", port: 6443 },
      preflight_ignore: ["NameServers", "MachineId"],
    };
    const task = taskNamed(
      tasksOf(preflight, { hosts, vars, facts: { kernelModules: ["overlay", "br_netfilter", "ip_vs"] } }),
      name,
    );
    expect(() => task.diff({ "unit nginx": active })).to.throw(
      /^CgroupDriver: .*cgroupfs and containerd's systemd.*\n {2}Ports: port 6443 is assigned to both kubelet and kube-apiserver: .*\n {2}EtcdMembers: .*\n {2}Nginx: .*\nTo skip a check, name it: -e '\{"preflight_ignore": \["…"\]\}'$/,
    );
  });

  it("find no difference on a host that meets the requirements", () => {
    const hosts = [master("a", "10.0.0.11")];
    const facts = good.facts;
    const task = taskNamed(tasksOf(preflight, { hosts, facts }), name);
    expect(task.diff({ "text /etc/resolv.conf": "nameserver 192.0.2.53" })).to.deep.equal([]);
  });
});
