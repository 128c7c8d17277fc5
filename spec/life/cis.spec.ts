import { expect } from "chai";
import { until } from "../cluster/lab.ts";
import { lab, makeCluster, master, node, onHost, program } from "./small-cluster.ts";

interface Judged {
  readonly number: string;
  readonly kind: string;
  readonly result: string;
  readonly findings: readonly { readonly value: string; readonly hosts: readonly string[] }[];
}

describe("a cluster and the CIS benchmark", () => {
  before("make a small cluster", makeCluster);
  after("remove it", () => lab.remove());

  const judged = async (): Promise<readonly Judged[]> => {
    const { code, output } = await program("cis", "--output", "json");
    const { controls } = JSON.parse(output) as { controls: Judged[] };
    const failed = controls.filter(({ kind, result }) => kind === "automated" && result === "fail");
    expect(code, output).to.equal(failed.length > 0 ? 2 : 0);
    return controls;
  };
  const failing = async (kind: string): Promise<readonly string[]> =>
    (await judged()).filter((one) => one.kind === kind && one.result === "fail").map(({ number }) => number);
  const manager = (change: string): Promise<unknown> =>
    onHost(master, `sed -i ${change} /etc/systemd/system/kube-controller-manager.service && systemctl daemon-reload`);

  it("fails no control that is automated", async () => {
    expect(await failing("automated")).to.deep.equal([]);
    const values = (await judged()).flatMap(({ findings }) => findings.map(({ value }) => value));
    expect(values.filter((value) => /not read|no answer|failed itself/.test(value))).to.deep.equal([]);
  });

  it("fails for a file that others can read, on the host that has it", async () => {
    await onHost(node, "chmod 644 /etc/kubernetes/kubelet.json");
    const found = (await judged()).find(({ number }) => number === "4.1.9");
    expect(found?.findings.map(({ hosts, value }) => [hosts.join(), value.split(" ")[0]])).to.deep.equal([
      ["life-node", "0644"],
      ["life-master", "0600"],
    ]);
    await onHost(node, "chmod 600 /etc/kubernetes/kubelet.json");
  });

  it("is judged by the process that runs, not by its unit", async () => {
    await manager("s/--profiling=false/--profiling=true/");
    expect(await failing("automated")).to.not.include("1.3.2");
    await onHost(master, "systemctl restart kube-controller-manager");
    await until("the new process runs", 60, async () => expect(await failing("automated")).to.include("1.3.2"));
    await manager("s/--profiling=true/--profiling=false/");
    await onHost(master, "systemctl restart kube-controller-manager");
    await until("the old flag is back", 60, async () => expect(await failing("automated")).to.deep.equal([]));
  });

  it("fails a manual control for rights that everybody has", async () => {
    expect(await failing("manual")).to.not.include("5.1.2");
    const group = "--group=system:authenticated";
    await program("kubectl", "create", "clusterrolebinding", "all-read", "--clusterrole=admin", group);
    expect(await failing("manual")).to.include.members(["5.1.2", "5.1.4"]);
    await program("kubectl", "delete", "clusterrolebinding", "all-read");
    expect(await failing("manual")).to.not.include("5.1.2");
  });
});
