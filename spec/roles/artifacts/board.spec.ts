import { expect } from "chai";
import { Board, duration } from "#roles/artifacts/board.ts";

describe("the line that says how far the artifacts are", () => {
  it("says what is done, what is worked on and for how long, and what waits", async () => {
    let now = 0;
    const board = new Board(4, () => now);
    await board.row("crictl 1.36.0", () => Promise.resolve());
    const forEver = new Promise(() => undefined);
    void board.row("kubernetes 1.37.2", (at) => {
      at("fetching the modules of kubernetes 1.37.2");
      now += 20_000;
      at("building kubernetes 1.37.2 with go1.26.8");
      now += 60_000;
      // Another package, the same work: its time goes on.
      at("building kubernetes 1.37.2: k8s.io/api");
      now += 5000;
      return forEver;
    });
    void board.row("etcd 3.7.3", (at) => {
      at("waiting to build etcd 3.7.3");
      return forEver;
    });
    expect(board.line()).to.equal(
      "1 of 4 done; building kubernetes 1.37.2: k8s.io/api (1 min 05 s); waiting: etcd 3.7.3",
    );
  });

  it("counts what failed as done with: nobody waits for it", async () => {
    const board = new Board(1);
    await board.row("etcd 3.7.3", () => Promise.reject(new Error("no"))).catch(() => undefined);
    expect(board.line()).to.equal("1 of 1 done");
  });

  it("gives times in words", () => {
    expect([9.9, 60, 605].map(duration)).to.deep.equal(["9 s", "1 min 00 s", "10 min 05 s"]);
  });
});
