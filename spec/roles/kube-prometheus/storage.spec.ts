import { expect } from "chai";
import { changed } from "#kubernetes/rendering/changes.ts";
import { claimPatches, retentionSize } from "#roles/kube-prometheus/storage.ts";

const upstream = ["Prometheus", "Alertmanager"].map((kind) => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind,
  metadata: { name: kind === "Prometheus" ? "k8s" : "main" },
  spec: {},
}));
const claims = { prometheus: "10Gi", alertmanager: "1Gi", storageClass: "", retention: "10d" };

describe("the storage of kube-prometheus", () => {
  it("is a claim for each pod, and Prometheus keeps to its size", () => {
    const claimed = (size: string, more: object = {}) => ({
      volumeClaimTemplate: { spec: { ...more, resources: { requests: { storage: size } } } },
    });
    const specs = (of: typeof claims) => changed(upstream, { patches: claimPatches(of) }, "x").map(({ spec }) => spec);
    expect(specs(claims)).to.deep.equal([
      { storage: claimed("10Gi"), retention: "10d", retentionSize: "8192MiB" },
      { storage: claimed("1Gi") },
    ]);
    const fast = specs({ ...claims, storageClass: "fast" });
    expect(fast).to.have.deep.nested.property("[1].storage", claimed("1Gi", { storageClassName: "fast" }));
  });

  it("has room for blocks that are compacted", () =>
    expect(["1Gi", "500Mi", "2Ti", "1Ki"].map(retentionSize)).to.deep.equal([
      "819MiB",
      "400MiB",
      "1677721MiB",
      "1MiB",
    ]));
});
