import { expect } from "chai";
import { until } from "../cluster/lab.ts";
import { withInventory } from "./with.ts";

const { ofItsOwn, kubectl, pod } = withInventory("spec/vm/arm64.yaml");

describe("a cluster of two architectures", () => {
  ofItsOwn();

  it("has a node of each architecture", async () => {
    const nodes = await kubectl(
      ...["get", "nodes", "-o"],
      'jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.architecture} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}',
    );
    expect(nodes.split("\n")).to.deep.equal(["mixed-1 amd64 True", "mixed-2 arm64 True"]);
  });

  it("runs the same image on both, and connects pods of both to Services", async () => {
    for (const node of ["mixed-1", "mixed-2"]) await pod(`on-${node}`, node, "pause");
    await kubectl("wait", "--for=condition=Ready", "pod/on-mixed-1", "pod/on-mixed-2", "--timeout=600s");
    for (const name of ["on-mixed-1", "on-mixed-2"])
      await until(`${name} reaches the API by its name`, 60, () =>
        kubectl(
          ...["exec", name, "--", "/agnhost", "connect", "--timeout=10s", "kubernetes.default.svc.cluster.local:443"],
        ),
      );
  });
});
