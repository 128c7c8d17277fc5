import { expect } from "chai";
import { metricsServer } from "#roles/metrics-server/index.ts";
import { beside, values } from "#roles/metrics-server/values.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const texts = { authority: "CA", certificate: "CERT", key: "KEY", kubelets: "KUBELETS" };
const of = (replicas = 2, more: Partial<typeof texts> = {}) =>
  values({ image: "x/metrics-server", version: "1.2.3", resolution: 60, replicas }, { ...texts, ...more });

const tasks = (...extraVars: string[]) =>
  tasksOf(metricsServer, { inventory: { masters: { hosts: hosts("m-1") } }, host: "localhost", extraVars });

describe("Metrics Server", () => {
  it("verifies the kubelets with the CA of an existing ConfigMap, and the API verifies it", () => {
    const [configMap, secret] = beside(texts);
    expect(configMap).to.deep.include({ data: { "ca.crt": "KUBELETS" } });
    expect(of().extraVolumes).to.deep.equal([{ name: "kubelet-ca", configMap: { name: configMap?.metadata.name } }]);
    expect(of().args).to.include("--kubelet-certificate-authority=/etc/kubelet-ca/ca.crt");
    expect(of().apiService).to.deep.equal({ insecureSkipTLSVerify: false, caBundle: "CA" });
    expect(of().tls.existingSecret.name).to.equal(secret?.metadata.name);
    expect(JSON.stringify(of())).not.to.contain("kubelet-insecure-tls").and.not.to.contain("KEY");
  });

  it("scrapes the nodes at the given interval", () => {
    expect(of().args.at(-1)).to.equal("--metric-resolution=60s");
  });

  it("restarts for other certificates", () => {
    expect(of(2, { certificate: "other" }).podAnnotations).not.to.deep.equal(of().podAnnotations);
    expect(of(2, { kubelets: "other" }).podAnnotations).not.to.deep.equal(of().podAnnotations);
  });

  it("has no disruption budget with one pod, because that pod could not be moved", () => {
    expect(of(2).podDisruptionBudget).to.deep.equal({ enabled: true, maxUnavailable: 1 });
    expect(of(1).podDisruptionBudget).to.deep.equal({ enabled: false });
  });

  it("has a certificate for its name in the API, which is removed with it", () => {
    expect(taskCalled(tasks(), "Issue its certificate").props)
      .to.have.property("dns")
      .and.include("metrics-server.kube-system.svc");
    expect(tasks("metrics_server_state=absent").map(({ props }) => (props as { state?: string }).state)).to.deep.equal([
      "absent",
      "absent",
    ]);
  });

  it("leaves its API to kube-prometheus if that is present, else removes it too", () => {
    const sets = (...extraVars: string[]) =>
      tasks(...extraVars).flatMap(({ props }) => (props as { set?: string }).set ?? []);
    expect(sets()).to.deep.equal(["metrics-server", "metrics-api"]);
    expect(sets("metrics_server_state=absent")).to.deep.equal(["metrics-server"]);
    expect(sets("metrics_server_state=absent", "kube_prometheus_state=absent")).to.deep.equal([
      "metrics-api",
      "metrics-server",
    ]);
  });
});
