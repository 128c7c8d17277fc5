import { expect } from "chai";
import { quorumProblem, quorumWarning, type Membership } from "#roles/removal/quorum.ts";

const members = (healthy: readonly string[], unhealthy: readonly string[] = []): Membership => ({
  members: healthy.length + unhealthy.length + 1,
  healthy,
  unhealthy,
});

describe("the majority of etcd around a removal", () => {
  it("may be kept by the others, whether or not the one that leaves is well", () => {
    expect(quorumProblem("c", members(["a", "b"]))).to.equal(undefined);
    expect(quorumProblem("e", members(["a", "b", "c"], ["d"]))).to.equal(undefined);
    expect(quorumProblem("b", members(["a"]))).to.equal(undefined);
  });

  it("is never given away: the refusal has the arithmetic and names the members to repair", () => {
    expect(quorumProblem("c", members(["a"], ["b"]))).to.equal(
      "etcd has 3 members. Without c it has 2 and needs 2 of them, but only 1 is healthy (b is not): etcd would lose " +
        "its majority, and the cluster its API. Repair b first, or remove it instead",
    );
    expect(quorumProblem("e", members(["a", "b"], ["c", "d"]))).to.contain("has 4 and needs 3 of them, but only 2 are");
    expect(quorumProblem("b", members([], ["a"]))).to.contain("has 1 and needs 1 of them, but only 0 are");
  });

  it("ends with the last member", () =>
    expect(quorumProblem("a", members([]))).to.equal("a has the only member of etcd: without it there is no cluster"));

  it("is a warning if fewer failures are survived afterwards", () => {
    expect(quorumWarning("c", members(["a", "b"]))).to.equal(
      "without c, etcd has 2 members and survives the loss of 0; now, with 3, it survives 1",
    );
    expect(quorumWarning("d", members(["a", "b", "c"]))).to.equal(undefined);
  });
});
