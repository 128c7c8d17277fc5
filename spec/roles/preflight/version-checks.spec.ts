import { expect } from "chai";
import type { Checked } from "#roles/preflight/checked.ts";
import { areNamed, good, problems, withFindings } from "./good.ts";

const urls = good.versions.masters.map(({ url }) => url);
const live = (...versions: string[]): Partial<Checked> =>
  withFindings({ live: { servers: Object.fromEntries(versions.map((version, n) => [urls[n]!, version])), nodes: [] } });
const wanting = (version: string, masters = urls): Partial<Checked> => ({
  versions: { masters: masters.map((url) => ({ url, version })), nodes: [version] },
});
const on137 = live("v1.37.2", "v1.37.2", "v1.37.2");

describe("preflight's check of Kubernetes' version", () => {
  areNamed([
    [
      "an earlier minor version",
      { ...on137, ...wanting("1.36.9") },
      "ClusterVersion: kubernetes_version is 1.36.9, but the cluster runs 1.37.2: the API servers do not go back to an earlier minor version, because objects in etcd may be of the later one. Set kubernetes_version to 1.37.2",
    ],
    [
      "a minor version that skips others",
      { ...on137, ...wanting("1.40.1") },
      "ClusterVersion: kubernetes_version is 1.40.1, but the cluster runs 1.37.2: the API servers go one minor version at a time. Set kubernetes_version to 1.37.2",
    ],
    [
      "the next minor version",
      { ...on137, ...wanting("1.38.0") },
      "ClusterVersion: kubernetes_version is 1.38.0, but the cluster runs 1.37.2: kubeplay cannot move a running cluster to another minor version yet: it would restart every kubelet with its pods on the node. Set kubernetes_version to 1.37.2",
    ],
    [
      "a node that would be newer than an API server outside of the run",
      { ...on137, ...wanting("1.38.0", []) },
      urls
        .map(
          (url, n) =>
            `${n === 0 ? "ClusterVersion: " : ""}kubernetes_version is 1.38.0 for a node, but ${url} runs 1.37.2: a kubelet must not be newer than any API server. Set kubernetes_version to 1.37.2`,
        )
        .join("; "),
    ],
  ]);

  it("accepts the same version, a patch in either direction, and a new cluster", () => {
    for (const version of ["1.37.2", "1.37.9", "1.37.0", "1.37.3-rc.1"])
      expect(problems({ ...on137, ...wanting(version) }), version).to.deep.equal([]);
    expect(problems(wanting("1.30.0"))).to.deep.equal([]);
  });

  it("reports nothing of a version that it cannot read", () => {
    expect(problems({ ...live("custom"), ...wanting("1.36.0") })).to.deep.equal([]);
  });
});
