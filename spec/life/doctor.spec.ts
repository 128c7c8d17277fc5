import { expect } from "chai";
import { measured, until } from "../cluster/lab.ts";
import { lab, makeCluster, master, node, onHost, play, program } from "./small-cluster.ts";

interface Found {
  readonly severity: string;
  readonly check: string;
  readonly subject: string;
  readonly problem: string;
}

describe("the doctor of a cluster", () => {
  before("make a small cluster", makeCluster);
  after("remove it", () => lab.remove());

  const ills = async (): Promise<readonly string[]> => {
    const { code, output, seconds } = await program("doctor", "--output", "json");
    measured("doctor", seconds);
    const { findings } = JSON.parse(output) as { findings: Found[] };
    const ill = findings.filter(({ severity }) => severity !== "note");
    expect(code, output).to.equal(ill.length > 0 ? 2 : 0);
    return ill.map(({ check, subject }) => `${check} ${subject}`);
  };
  const well = () =>
    until("nothing found", 180, async () => {
      expect(await ills()).to.deep.equal([]);
    });

  it("finds nothing on a cluster that site has made", well);

  it("finds a stopped scheduler, a proxy with another master, a failed unit, and a pod without an image", async () => {
    await onHost(master, "systemctl stop kube-scheduler");
    await onHost(node, "sed -i '/server 10.198.0.11/{p;s/0.11:/0.99:/}' /etc/kube-nginx/nginx.conf");
    await onHost(node, "systemd-run --unit broken-thing false");
    const overrides = JSON.stringify({ spec: { nodeName: "life-node" } });
    await program("kubectl", "run", "bad", "--image=registry.k8s.io/none:1", "--overrides", overrides);
    await until("all are found", 180, async () => {
      expect(await ills()).to.have.members([
        "services life-master",
        "leases kube-scheduler",
        "proxies life-node",
        "services life-node",
        "pods pod default/bad",
      ]);
    });
  });

  it("finds nothing once site has been played and the rest is removed", async () => {
    await program("kubectl", "delete", "pod", "bad", "--now");
    await onHost(node, "systemctl reset-failed broken-thing");
    await play("site");
    await well();
  });

  it("finds a host that cannot be reached, and what follows from it", async () => {
    await onHost(node, "systemctl stop kubelet ssh");
    await until("both are found", 180, async () => {
      expect(await ills()).to.include.members(["reach life-node", "nodes node life-node"]);
    });
  });
});
