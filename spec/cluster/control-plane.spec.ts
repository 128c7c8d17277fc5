import { expect } from "chai";
import { kubectl, lastSummary, masters, nodes, onHost, play } from "./lab.ts";

describe("the control plane", () => {
  it("answers kubectl as the cluster's admin, in the requested version", async () => {
    const { code, output } = await kubectl("version");
    expect(code, output).to.equal(0);
    expect(output).to.include("Server Version: v1.37.2");
  });

  it("permits the admin everything", async () => {
    const { output } = await kubectl("auth", "can-i", "*", "*");
    expect(output).to.include("yes");
  });

  for (const address of masters) {
    it(`refuses anonymous requests on ${address}`, async () => {
      const { output } = await onHost(address, `curl -sk -o /dev/null -w %{http_code} https://${address}:6443/api`);
      expect(output).to.equal("401");
    });

    it(`has a healthy kube-controller-manager and a healthy kube-scheduler on ${address}, for that host only`, async () => {
      const manager = await onHost(address, "curl -sk https://127.0.0.1:10252/healthz");
      expect(manager.output).to.equal("ok");
      for (const port of ["10252", "10259"])
        expect((await onHost(address, `curl -sk https://${address}:${port}/healthz`)).code, "refused").to.equal(7);
      const scheduler = await onHost(address, "curl -sk https://127.0.0.1:10259/healthz");
      expect(scheduler.output).to.equal("ok");
    });
  }

  it("has one leader among the kube-controller-managers and one among the kube-schedulers", async () => {
    for (const lease of ["kube-controller-manager", "kube-scheduler"]) {
      const { code, output } = await kubectl(
        "-n",
        "kube-system",
        "get",
        "lease",
        lease,
        "-o",
        "jsonpath={.spec.holderIdentity}",
      );
      expect(code, output).to.equal(0);
      expect(output).to.match(/^master-[123]_/);
    }
  });

  for (const address of [...masters, ...nodes]) {
    it(`is reached from ${address} through its own proxy, and nothing listens without TLS there`, async () => {
      const proxied = await onHost(address, "curl -sk -o /dev/null -w %{http_code} https://127.0.0.1:8443/api");
      expect(proxied.output).to.equal("401");
      const { output } = await onHost(address, "ss -Htln");
      expect(output).to.not.match(/:(8080|10255)\s/);
    });
  }

  it("works while a master's kube-apiserver is stopped, and site starts it again", async () => {
    await onHost("10.187.0.11", "systemctl kill -s KILL kube-apiserver; systemctl stop kube-apiserver");
    for (const address of [...masters, ...nodes]) {
      const { output } = await onHost(
        address,
        "curl -sk --max-time 10 -o /dev/null -w %{http_code} https://127.0.0.1:8443/api",
      );
      expect(output, address).to.equal("401");
    }
    const { code, output } = await kubectl("get", "namespaces");
    expect(code, output).to.equal(0);
    const again = await play("site");
    expect(again.code, again.output).to.equal(0);
    expect(lastSummary().changes.map(({ host, what }) => ({ host, what }))).to.deep.include({
      host: "master-1",
      what: "kube-apiserver.service",
    });
  });
});
