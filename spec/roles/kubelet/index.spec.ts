import { expect } from "chai";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { asked, subject } from "../../lib/engine/resources/one-resource.ts";
import { hosts, taskCalled, tasksOf, textOf } from "../tasks-of.ts";

const other = ownArchitecture === "arm64" ? "amd64" : "arm64";
const inventory = {
  masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } },
  nodes: { hosts: { "node-1": { ansible_host: "10.0.0.21" }, ...hosts("node-7") } },
};
const tasks = (host: string, ...extraVars: string[]) =>
  tasksOf(kubelet, { inventory, host, extraVars, facts: { architecture: other } });
const unitOf = (host: string): string => textOf(kubelet, taskCalled(tasks(host), "Write its unit"));

describe("the role kubelet", () => {
  it("installs the kubelet for the host's architecture, and makes tokens with a kubeadm for the controller's", () => {
    const asks = (name: string): string[] => asked(subject(taskCalled(tasks("node-1"), name)));
    expect(asks("Install the kubelet")).to.include(`artifact kubelet@1.37.2/${other}`);
    for (const name of ["Create a bootstrap token", "Remove the bootstrap token"])
      expect(asks(name)).to.include(`artifact kubeadm@1.37.2/${ownArchitecture}`);
  });

  it("registers the address of the inventory, and leaves the choice to the kubelet if that is a name", () => {
    expect(unitOf("node-1")).to.contain("--node-ip=10.0.0.21");
    expect(unitOf("node-7")).to.contain("--hostname-override=node-7");
    expect(unitOf("node-7")).not.to.contain("--node-ip");
    expect(unitOf("node-7")).to.contain("--housekeeping-interval=10s");
  });

  it("uses another port of the proxy in its kubeconfig and in its bootstrap kubeconfig", () => {
    const moved = tasks("node-1", "kube_nginx_port=9443");
    for (const name of ["Write its kubeconfig", "Create a bootstrap token"])
      expect(taskCalled(moved, name).props).to.include({ server: "https://127.0.0.1:9443" });
  });

  it("restarts the kubelet for changes before it waits for it", () => {
    const all = tasks("node-1");
    const place = (name: string): number => all.findIndex((task) => task.name === name);
    const flush = all.findIndex(({ does }) => "meta" in does);
    expect(flush).to.be.within(place("Start it now and at boot"), place("Wait until it has its certificate"));
    for (const name of ["Write its kubeconfig", "Create a bootstrap token", "Copy the cluster's CAs"])
      expect(all[place(name)]?.handlers.map((handler) => handler.name)).to.deep.equal(["Restart the kubelet"]);
  });

  it("taints masters unless a variable disables it", () => {
    const configuration = (...given: Parameters<typeof tasks>): string =>
      (taskCalled(tasks(...given), "Write its configuration").props as { content: string }).content;
    const taints = (...given: Parameters<typeof tasks>): unknown =>
      (JSON.parse(configuration(...given)) as { registerWithTaints: unknown }).registerWithTaints;
    expect(taints("master-1")).to.deep.equal([{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }]);
    expect(taints("master-1", "kubelet_master_taint=false")).to.deep.equal([]);
    expect(taints("node-1")).to.deep.equal([]);
  });

  it("does not taint masters that are nodes too, or that are the only nodes", () => {
    const master = { "cp-1": { ansible_host: "10.0.0.11" } };
    const configuration = (inventory: object): string =>
      (
        taskCalled(tasksOf(kubelet, { inventory, host: "cp-1" }), "Write its configuration").props as {
          content: string;
        }
      ).content;
    const both = { ...master, "w-1": { ansible_host: "10.0.0.21" } };
    for (const inventory of [{ masters: { hosts: master } }, { masters: { hosts: master }, nodes: { hosts: both } }])
      expect(configuration(inventory)).to.contain('"registerWithTaints": []');
  });
});
