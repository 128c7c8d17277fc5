import { expect } from "chai";
import { essence } from "#kubernetes/api/object.ts";

describe("the query object", () => {
  it("leaves out the status and the metadata that the server manages", () =>
    expect(
      essence({
        kind: "Node",
        metadata: {
          name: "a",
          labels: { x: "1" },
          uid: "u",
          resourceVersion: "7",
          generation: 2,
          managedFields: [{}],
          creationTimestamp: "t",
        },
        spec: { unschedulable: true },
        status: { phase: "Ready" },
      }),
    ).to.deep.equal({ kind: "Node", metadata: { name: "a", labels: { x: "1" } }, spec: { unschedulable: true } }));
});
