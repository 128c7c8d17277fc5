import { expect } from "chai";
import { kubePrometheus } from "#roles/kube-prometheus/index.ts";
import type { ManifestFilesProps } from "#kubernetes/rendering/manifest-files.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: hosts("master-1") }, nodes: { hosts: hosts("node-1") } };
const tasks = (...extraVars: string[]) => tasksOf(kubePrometheus, { inventory, host: "localhost", extraVars });
const reads = (...extraVars: string[]) =>
  taskCalled(tasks(...extraVars), "Read its manifests").props as ManifestFilesProps;

describe("kube-prometheus", () => {
  const adapter = "kube-prometheus/manifests/prometheusAdapter-*.yaml";
  const patched = (...extraVars: string[]) => reads(...extraVars).patches?.map(({ name }) => name);

  it("evaluates its rules at kube_prometheus_evaluation_interval", () => {
    const evaluated = (...extraVars: string[]) =>
      reads(...extraVars).patches?.find((patch) => "patch" in patch && JSON.stringify(patch).includes("evaluation"));
    expect(evaluated()).to.have.nested.property("patch.spec.evaluationInterval", "30s");
    expect(evaluated("kube_prometheus_evaluation_interval=120")).to.have.nested.property(
      "patch.spec.evaluationInterval",
      "120s",
    );
  });

  it("has prometheus-adapter only if no Metrics Server serves the same API", () => {
    expect(reads().except).to.include(adapter);
    expect(patched()).not.to.include("prometheus-adapter");
    expect(reads("metrics_server_state=absent").except).not.to.include(adapter);
    expect(patched("metrics_server_state=absent")).to.include("prometheus-adapter");
    const names = (...extraVars: string[]) => tasks(...extraVars).map(({ name }) => name);
    expect(names()).not.to.include("Apply the metrics API of its adapter");
    expect(names("metrics_server_state=absent")).to.include("Apply the metrics API of its adapter");
  });
});
