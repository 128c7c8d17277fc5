import { expect } from "chai";
import { ownArchitecture } from "#artifacts/catalogue/wanted.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { asked, subject } from "../../lib/engine/resources/one-resource.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const other = ownArchitecture === "arm64" ? "amd64" : "arm64";
const inventory = {
  masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } },
  nodes: { hosts: { "node-1": { ansible_host: "10.0.0.21" }, ...hosts("node-7") } },
};
const tasks = (host: string, ...extraVars: string[]) =>
  tasksOf(kubelet, { inventory, host, extraVars, facts: { architecture: other } });
const unitOf = (host: string): unknown => taskCalled(tasks(host), "Write its unit").props;

describe("the role kubelet", () => {
  it("installs what its host can run, and makes tokens with what the controller can run", () => {
    const asks = (name: string): string[] => asked(subject(taskCalled(tasks("node-1"), name)));
    expect(asks("Install the kubelet")).to.include(`artifact kubelet@1.37.2/${other}`);
    for (const name of ["Give it a token to join with", "Take the token away"])
      expect(asks(name)).to.include(`artifact kubeadm@1.37.2/${ownArchitecture}`);
  });

  it("tells the API the address that the inventory gives it, and leaves a name to the kubelet", () => {
    expect(unitOf("node-1")).to.have.property("content").that.contains("--node-ip=10.0.0.21");
    expect(unitOf("node-7")).to.have.property("content").that.contains("--hostname-override=node-7");
    expect(unitOf("node-7")).to.have.property("content").that.does.not.contain("--node-ip");
    expect(unitOf("node-7")).to.have.property("content").that.contains("--housekeeping-interval=10s");
  });

  it("follows the proxy to another port, with what it has and with what it would join by", () => {
    const moved = tasks("node-1", "kube_nginx_port=9443");
    for (const name of ["Write its kubeconfig", "Give it a token to join with"])
      expect(taskCalled(moved, name).props).to.include({ server: "https://127.0.0.1:9443" });
  });

  it("starts anew with what is new before it is waited for", () => {
    const all = tasks("node-1");
    const place = (name: string): number => all.findIndex((task) => task.name === name);
    const flush = all.findIndex(({ does }) => "meta" in does);
    expect(flush).to.be.within(place("Start it now and at boot"), place("Wait until it has its certificate"));
    for (const name of ["Write its kubeconfig", "Give it a token to join with", "Copy the cluster's CAs"])
      expect(all[place(name)]?.handlers.map((handler) => handler.name)).to.deep.equal(["Restart the kubelet"]);
  });

  it("keeps other pods off the masters unless told otherwise", () => {
    const configuration = (...given: Parameters<typeof tasks>): string =>
      (taskCalled(tasks(...given), "Write its configuration").props as { content: string }).content;
    const taints = (...given: Parameters<typeof tasks>): unknown =>
      (JSON.parse(configuration(...given)) as { registerWithTaints: unknown }).registerWithTaints;
    expect(taints("master-1")).to.deep.equal([{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }]);
    expect(taints("master-1", "kubelet_master_taint=false")).to.deep.equal([]);
    expect(taints("node-1")).to.deep.equal([]);
  });

  it("keeps nothing off masters that are nodes too, or that have nobody beside them", () => {
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
