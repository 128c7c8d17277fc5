import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { othersSuffice, quorum } from "#roles/etcd/quorum.ts";
import { hostOf } from "../setting.ts";

const others = ["b", "c", "d", "e"].map((name, index) => hostOf(name, `10.0.0.1${String(index + 2)}`, "masters"));

/** Asks where only these members are healthy; "own" is the host's own. */
function suffices(members: number, ...healthy: readonly string[]) {
  const at = healthy.map((name) => others.find((one) => one.name === name)?.address ?? "127.0.0.1");
  const curl = `curl() { for a in "$@"; do url=$a; done; case $url in ${at.map((address) => `"http://${address}:2381/health"`).join("|") || "none"}) echo '{"health":"true","reason":""}' ;; *) echo '{"health":"false"}' ;; esac; }`;
  return spawnSync("bash", ["-c", `${curl}\n${othersSuffice(others.slice(0, members - 1), { port: 2381, members })}`], {
    encoding: "utf8",
  });
}

describe("the members of etcd that a restart of one needs", () => {
  it("are a majority without it", () => {
    expect([1, 2, 3, 5, 7].map((members) => quorum(members).needed)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(quorum(3).what).to.include("2 of the 2 other members").and.include("2 of 3");
  });

  it("are both others of three, and three of four of five", () => {
    expect(suffices(3, "own", "b", "c").status).to.equal(0);
    expect(suffices(3, "own", "b").status).to.equal(1);
    expect(suffices(3, "own", "b").stdout).to.equal("c is not healthy\n");
    expect(suffices(5, "own", "b", "c", "d").status).to.equal(0);
    expect(suffices(5, "own", "b", "c").status).to.equal(1);
  });

  it("are none if the member is not healthy itself", () => {
    expect(suffices(3, "b").status).to.equal(0);
    expect(suffices(3).status).to.equal(0);
  });
});
