import { expect } from "chai";
import type { Checked } from "#roles/preflight/checked.ts";
import { good, problems, withFindings } from "./good.ts";

const urls = good.versions.masters.map(({ url }) => url);
const names = ["a", "b", "c"];

interface Versions {
  readonly kubernetes: string;
  readonly containerd?: string;
  readonly etcd?: string;
}

/** A cluster of three masters that runs these versions. */
const on = ({ kubernetes, containerd = "2.4.2", etcd = "3.7.3" }: Versions): Partial<Checked> =>
  withFindings({
    live: {
      servers: Object.fromEntries(urls.map((url) => [url, `v${kubernetes}`])),
      nodes: names.map((name) => ({
        name,
        version: `v${kubernetes}`,
        runtime: `containerd://v${containerd}`,
        addresses: [],
      })),
    },
    etcd: { state: "running", members: [], version: etcd },
  });

const wanting = (
  { kubernetes, containerd = "2.4.2", etcd = "3.7.3" }: Versions,
  {
    mode = "kept",
    masters = urls,
  }: { readonly mode?: "kept" | "upgraded" | "before"; readonly masters?: readonly string[] } = {},
): Partial<Checked> => ({
  versions: {
    mode,
    masters: masters.map((url) => ({ url, version: kubernetes })),
    nodes: names.map((name) => ({ name, kubernetes, containerd })),
    etcd,
  },
});
const upgrading = (versions: Versions) => wanting(versions, { mode: "upgraded" });
const kubernetes = "1.37.2";
const on137 = on({ kubernetes });
/** Whichever version a test brings, the members and their addresses are not its subject. */
const versionProblems = (checked: Partial<Checked>): string[] =>
  problems(checked).filter((problem) => problem.startsWith("ClusterVersion"));

describe("preflight's check of versions", () => {
  describe("in site", () => {
    it("refuses every change of a running cluster, a patch too, and names the playbook upgrade", () => {
      for (const wanted of ["1.37.3", "1.37.0", "1.38.0", "1.36.9"]) {
        const [problem, ...more] = versionProblems({ ...on137, ...wanting({ kubernetes: wanted }) });
        expect(more).to.deep.equal([]);
        expect(problem).to.equal(
          `ClusterVersion: the API server ${urls[0]}, the API server ${urls[1]}, the API server ${urls[2]}, the kubelet of a, the kubelet of b, the kubelet of c: kubernetes_version is ${wanted}, but 1.37.2 runs: only the playbook upgrade changes the versions of a running cluster, host by host (npm run play upgrade). Or set kubernetes_version to 1.37.2`,
        );
      }
    });

    it("refuses another containerd and another etcd", () => {
      const [problem = ""] = versionProblems({
        ...on137,
        ...wanting({ kubernetes, containerd: "2.4.1", etcd: "3.6.8" }),
      });
      expect(problem).to.contain("the container runtime of c: containerd_version is 2.4.1, but 2.4.2 runs");
      expect(problem).to.contain("etcd of a: etcd_version is 3.6.8, but 3.7.3 runs");
    });

    it("refuses to go on with half an upgrade", () => {
      const half = withFindings({
        live: {
          servers: { [urls[0]!]: "v1.37.2", [urls[1]!]: "v1.36.3" },
          nodes: [{ name: "b", version: "v1.36.3", runtime: "containerd://2.4.2", addresses: [] }],
        },
      });
      expect(versionProblems({ ...half, ...wanting({ kubernetes }) })[0]).to.contain(
        `the API server ${urls[1]}, the kubelet of b: kubernetes_version is 1.37.2, but 1.36.3 runs`,
      );
    });

    it("accepts the versions that run, builds of one's own of the same number, hosts that are new, and a new cluster", () => {
      for (const same of ["1.37.2", "1.37.2-own.1"])
        expect(versionProblems({ ...on137, ...wanting({ kubernetes: same }) }), same).to.deep.equal([]);
      const others = withFindings({
        live: { servers: {}, nodes: [{ name: "z", version: "v1.36.3", runtime: "containerd://2.4.2", addresses: [] }] },
      });
      expect(versionProblems({ ...others, ...wanting({ kubernetes }) })).to.deep.equal([]);
      expect(versionProblems(wanting({ kubernetes: "1.30.0" }))).to.deep.equal([]);
    });

    it("reports nothing of a version that it cannot read", () => {
      expect(versionProblems({ ...on({ kubernetes: "custom" }), ...wanting({ kubernetes: "1.36.0" }) })).to.deep.equal(
        [],
      );
    });
  });

  describe("in an upgrade", () => {
    it("accepts the next minor version and later patches, of all components at once", () => {
      const before = on({ kubernetes: "1.36.3", containerd: "2.3.1", etcd: "3.6.8" });
      expect(versionProblems({ ...before, ...upgrading({ kubernetes: "1.37.2" }) })).to.deep.equal([]);
      expect(
        versionProblems({ ...on({ kubernetes: "1.36.1" }), ...upgrading({ kubernetes: "1.36.3" }) }),
      ).to.deep.equal([]);
    });

    it("refuses to skip a minor version of Kubernetes or etcd", () => {
      const [problem = ""] = versionProblems({
        ...on({ kubernetes: "1.35.4", etcd: "3.5.35" }),
        ...upgrading({ kubernetes: "1.37.2" }),
      });
      expect(problem).to.contain("kubernetes_version is 1.37.2, but 1.35.4 runs: it goes one minor version at a time");
      expect(problem).to.contain(
        "etcd of a: etcd_version is 3.7.3, but 3.5.35 runs: it goes one minor version at a time",
      );
    });

    it("refuses to go back, and names rollback", () => {
      for (const earlier of ["1.36.9", "1.37.1"])
        expect(versionProblems({ ...on137, ...upgrading({ kubernetes: earlier }) })[0], earlier).to.contain(
          `kubernetes_version is ${earlier}, but 1.37.2 runs: an upgrade does not go back`,
        );
      expect(versionProblems({ ...on137, ...upgrading({ kubernetes, etcd: "3.6.8" }) })[0]).to.contain(
        "etcd_version is 3.6.8, but 3.7.3 runs",
      );
    });

    it("lets kubelets catch up by more than one minor version", () => {
      const late = withFindings({
        live: {
          servers: Object.fromEntries(urls.map((url) => [url, "v1.36.3"])),
          nodes: [{ name: "b", version: "v1.34.4", runtime: "containerd://2.4.2", addresses: [] }],
        },
      });
      expect(versionProblems({ ...late, ...upgrading({ kubernetes: "1.37.2" }) })).to.deep.equal([]);
    });

    it("refuses API servers whose kubelets would be too old", () => {
      const old = withFindings({
        live: {
          servers: Object.fromEntries(urls.map((url) => [url, "v1.36.3"])),
          nodes: [{ name: "z", version: "v1.33.6", runtime: "containerd://2.4.2", addresses: [] }],
        },
      });
      expect(versionProblems({ ...old, ...upgrading({ kubernetes: "1.37.2" }) })[0]).to.contain(
        "z: its kubelet runs 1.33.6, and an API server of 1.37.2 serves kubelets that are at most 3 minor versions older",
      );
    });
  });

  it("lets a rollback begin, whether the variables are set back already or not", () => {
    for (const wanted of ["1.36.3", "1.37.2"])
      expect(versionProblems({ ...on137, ...wanting({ kubernetes: wanted }, { mode: "before" }) })).to.deep.equal([]);
  });

  it("refuses a node that would be newer than an API server outside of the run", () => {
    const wanted = wanting({ kubernetes: "1.38.0" }, { mode: "upgraded", masters: [] });
    expect(versionProblems({ ...on137, ...wanted })[0]).to.contain(
      `a, b, c: kubernetes_version is 1.38.0 for the node, but ${urls[0]} has 1.37.2: a kubelet must not be newer than any API server. Set kubernetes_version to 1.37.2`,
    );
  });
});
