import { expect } from "chai";
import { certificates } from "#programs/doctor/checks/certificates.ts";
import { clocks } from "#programs/doctor/checks/clocks.ts";
import { disks } from "#programs/doctor/checks/disks.ts";
import { memory } from "#programs/doctor/checks/memory.ts";
import { proxies } from "#programs/doctor/checks/proxies.ts";
import { snapshots } from "#programs/doctor/checks/snapshots.ts";
import { services } from "#programs/doctor/checks/services.ts";
import { issued } from "../../../engine/pki/issued.ts";
import { find, printedFindings, now } from "../seen.ts";

describe("the doctor's checks of hosts", () => {
  const healthy = { load: "loaded", active: "active", restarts: 0 };
  const units = ["kube-nginx", "containerd", "kubelet", "kube-proxy"];
  const own = (change: object) => ({
    ...Object.fromEntries(units.map((name) => [name, healthy])),
    failed: "",
    ...change,
  });

  it("name services that do not run or do not stay up, and other units that have failed", () => {
    expect(find(services, { answers: { "w-1": own({}) } })).to.deep.equal([]);
    const found = find(services, {
      answers: {
        "w-1": own({
          kubelet: { ...healthy, active: "failed" },
          "kube-proxy": { ...healthy, load: "not-found", active: "inactive" },
          containerd: { ...healthy, restarts: 4 },
          failed: "kubelet.service\nbackup.service\n",
        }),
      },
    });
    expect(printedFindings(found)).to.deep.equal([
      "error w-1: containerd does not stay up",
      "error w-1: kubelet is failed",
      "error w-1: kube-proxy is not installed",
      "warning w-1: the unit backup.service has failed",
    ]);
  });

  it("name clocks that differ, whether ahead or behind", () => {
    expect(find(clocks, { facts: { clockSkew: -1.5 } })).to.deep.equal([]);
    expect(printedFindings(find(clocks, { facts: { clockSkew: -3 }, answers: { "w-1": {} } }))).to.deep.equal([
      "warning w-1: its clock is -3.0 s off the controller's",
    ]);
    expect(find(clocks, { facts: { clockSkew: 120 } })[0]?.severity).to.equal("error");
  });

  it("name each file system once that is nearly full of bytes or inodes", () => {
    const df = (percent: number, mount = "/") =>
      `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 1 1 ${String(percent)}% ${mount}\n`;
    const answers = (space: string, inodes: string) => ({ answers: { "cp-1": { space, inodes } } });
    expect(find(disks, answers(df(84), df(1)))).to.deep.equal([]);
    expect(printedFindings(find(disks, answers(df(85) + df(85), df(96, "/var/lib/etcd"))))).to.deep.equal([
      "warning cp-1: the bytes of / are 85 % used",
      "error cp-1: the inodes of /var/lib/etcd are 96 % used",
    ]);
  });

  it("name masters without a timer or a recent snapshot, and no timer that is new", () => {
    const hour = 3600;
    const seen = (timer: string, newest: string) => ({
      vars: { snapshot_max_age: 26 },
      answers: { "cp-1": { snapshots: `now ${String(100 * hour)}\ntimer ${timer}\nnewest ${newest}\n` } },
    });
    const found = (timer: string, newest: string) => printedFindings(find(snapshots, seen(timer, newest)));
    const [old, young] = [String(73 * hour), String(74 * hour)];
    expect(found(old, young)).to.deep.equal([]);
    expect(found(young, "")).to.deep.equal([]);
    expect(found(old, old)).to.deep.equal(["warning cp-1: its newest snapshot of etcd is 27 hours old"]);
    expect(found(old, "")).to.deep.equal(["warning cp-1: it has taken no snapshot of etcd for 27 hours"]);
    expect(found("", "")).to.deep.equal([
      "warning cp-1: it takes no snapshots of etcd, although snapshot_timer is set",
    ]);
    expect(find(snapshots, { answers: { "cp-1": {} } })).to.deep.equal([]);
  });

  it("name hosts without memory to spare, and none whose memory is unknown", () => {
    const meminfo = (available: number) =>
      `MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:   ${String(available)} kB\n`;
    expect(find(memory, { answers: { "cp-1": { meminfo: meminfo(60) }, "w-1": { meminfo: "" } } })).to.deep.equal([]);
    expect(printedFindings(find(memory, { answers: { "cp-1": { meminfo: meminfo(40) } } }))[0]).to.contain(
      "only 4.0 %",
    );
  });

  it("name proxies whose masters are not those of the inventory", () => {
    const conf = (server: string) =>
      `stream {\n  upstream kube_apiservers {\n    server ${server} max_fails=2 fail_timeout=10s;\n  }\n  server {\n    listen 127.0.0.1:8443;\n  }\n}\n`;
    const found = find(proxies, {
      answers: {
        "cp-1": { configuration: conf("10.0.0.11:6443") },
        "w-1": { configuration: conf("10.0.0.12:6443") },
      },
    });
    expect(printedFindings(found)).to.deep.equal([
      "error w-1: its proxy uses 10.0.0.12:6443, and the inventory's masters are 10.0.0.11:6443",
    ]);
    const none = find(proxies, { answers: { "w-1": { configuration: undefined } } });
    expect(printedFindings(none)[0]).to.contain("no configuration with servers");
  });

  it("name certificates near their end or past it, with the remedy of their kind", async () => {
    const day = 24 * 3600 * 1000;
    const made = async (left: number) =>
      (await issued("x", { days: 365, now: new Date(now.getTime() - (365 - left) * day) })).certificate;
    const files = [
      { path: "/etc/etcd/pki/server.crt", certificates: [await made(29.5)] },
      { path: "/etc/etcd/pki/peer.crt", certificates: [await made(31)] },
      { path: "/var/lib/kubelet/pki/kubelet-client-current.pem", certificates: [await made(-2)] },
    ];
    const found = find(certificates, { answers: { "cp-1": { files } } });
    expect(found.map(({ severity }) => severity)).to.deep.equal(["warning", "error"]);
    expect(found[0]!.problem).to.match(/server\.crt expires on \S+, in 29 days/);
    expect(found[1]!.remedy).to.contain("journalctl -u kubelet");
  });
});
