import { expect } from "chai";
import { lastSummary, measured, until } from "../cluster/lab.ts";
import { withInventory } from "./with.ts";

const { done, kubectl } = withInventory("spec/vm/arm64.yaml");

describe("a cluster of two architectures", () => {
  before("is made", async () => {
    await done("-e", "lab_state=absent", "lab");
    measured("site", await done("site"));
  });
  after("is taken away", () => done("-e", "lab_state=absent", "lab"));

  it("has nothing to do then", async () => {
    await done("site");
    expect(lastSummary().changes).to.deep.equal([]);
  });

  it("has a node of each", async () => {
    const nodes = await kubectl(
      ...["get", "nodes", "-o"],
      'jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.architecture} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}',
    );
    expect(nodes.split("\n")).to.deep.equal(["mixed-1 amd64 True", "mixed-2 arm64 True"]);
  });

  it("runs the same image on both, and leads pods of both to Services", async () => {
    const image = "registry.k8s.io/e2e-test-images/agnhost:2.66.1";
    for (const node of ["mixed-1", "mixed-2"]) {
      const overrides = JSON.stringify({ spec: { nodeName: node } });
      await kubectl("run", `on-${node}`, "--image", image, "--overrides", overrides, "--", "pause");
    }
    await kubectl("wait", "--for=condition=Ready", "pod/on-mixed-1", "pod/on-mixed-2", "--timeout=600s");
    for (const pod of ["on-mixed-1", "on-mixed-2"])
      await until(`${pod} reaches the API by its name`, 60, () =>
        kubectl(
          ...["exec", pod, "--", "/agnhost", "connect", "--timeout=10s", "kubernetes.default.svc.cluster.local:443"],
        ),
      );
  });
});
