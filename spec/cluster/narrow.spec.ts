import { expect } from "chai";
import { addresses, addressOf, hosts, kubectl, lastSummary, onHost, play } from "./lab.ts";

const onAll = (command: string): Promise<string[]> =>
  Promise.all(
    addresses.map(async (address) => {
      const { code, output } = await onHost(address, command);
      if (code !== 0) throw new Error(`${address}: ${output}`);
      return output.trim();
    }),
  );
const changed = () => lastSummary().changes.map(({ host, what }) => `${host}: ${what}`);

describe("a narrow change", () => {
  it("of one role on one host changes nothing else", async () => {
    for (const host of ["node-1", "node-2"])
      await onHost(addressOf(host), "echo '# by hand' >> /etc/kube-nginx/nginx.conf");
    const before = await onHost(addressOf("node-1"), "systemctl show -p MainPID kube-nginx");
    const { code, output } = await play("--tags", "kube-nginx", "--limit", "node-1", "site");
    expect(code, output).to.equal(0);
    expect(Object.keys(lastSummary().hosts)).to.deep.equal(["node-1"]);
    expect(changed()).to.deep.equal(["node-1: /etc/kube-nginx/nginx.conf", "node-1: kube-nginx.service"]);
    const after = await onHost(addressOf("node-1"), "systemctl show -p MainPID kube-nginx");
    expect(after.output, "it is reloaded, not restarted").to.equal(before.output);
    await play("--tags", "kube-nginx", "--limit", "node-2", "site");
  });

  it("of the mirrors writes certs.d on every host, restarts nothing, and images are pulled through the mirror", async () => {
    const mirrors = ["registry.k8s.io", "docker.io", "quay.io", "ghcr.io", "mirror.example"].map((registry) => ({
      registry,
      endpoints: ["http://10.187.0.2:5000"],
    }));
    const running = "systemctl show -p MainPID,ActiveEnterTimestampMonotonic containerd kubelet";
    const before = await onAll(running);
    const set = ["-e", JSON.stringify({ containerd_mirrors: mirrors }), "--tags", "containerd", "site"];
    const foreseen = await play("--check", ...set);
    expect(foreseen.code, foreseen.output).to.equal(0);
    const predicted = changed();
    const { code, output } = await play(...set);
    expect(code, output).to.equal(0);
    expect(changed()).to.have.members(predicted);
    const folder = "/etc/containerd/certs.d/mirror.example";
    expect(changed()).to.have.members(hosts.flatMap((host) => [`${host}: ${folder}`, `${host}: ${folder}/hosts.toml`]));
    expect(await onAll(running)).to.deep.equal(before);
    for (const pull of ["crictl pull", "ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d"])
      await onAll(`${pull} mirror.example/pause:3.10.2`);
  });

  it("that removes a mirror removes it from every host, and restarts nothing", async () => {
    const running = "systemctl show -p MainPID,ActiveEnterTimestampMonotonic containerd kubelet";
    const before = await onAll(running);
    const { code, output } = await play("--tags", "containerd", "site");
    expect(code, output).to.equal(0);
    expect(await onAll("ls /etc/containerd/certs.d | grep -c mirror.example || :")).to.deep.equal(hosts.map(() => "0"));
    expect(await onAll(running)).to.deep.equal(before);
  });
});

describe("a node whose Node was deleted", () => {
  it("registers again with its labels", async () => {
    expect((await kubectl("delete", "node", "node-2")).code).to.equal(0);
    const { code, output } = await play("--tags", "kubelet,node-labels", "site");
    expect(code, output).to.equal(0);
    const node = await kubectl("get", "node", "node-2", "--show-labels");
    expect(node.output).to.contain("kubernetes.io/hostname=node-2").and.contain("node-role.kubernetes.io/worker");
    const ready = await kubectl("wait", "--for=condition=Ready", "node/node-2", "--timeout=120s");
    expect(ready.code, ready.output).to.equal(0);
  });
});

describe("the controllers' port", () => {
  for (const port of [10257, 10252])
    it(`changes to ${String(port)} on a running cluster`, async () => {
      const { code, output } = await play(
        ...["-e", `kube_controller_manager_secure_port=${String(port)}`, "--tags", "kube-controller-manager", "site"],
      );
      expect(code, output).to.equal(0);
      for (const host of ["master-1", "master-2", "master-3"]) {
        const health = await onHost(addressOf(host), `curl -sk https://127.0.0.1:${String(port)}/healthz`);
        expect(health.output, host).to.equal("ok");
      }
    });
});
