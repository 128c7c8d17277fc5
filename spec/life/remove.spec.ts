import { expect } from "chai";
import { type as run, lastSummary, measured, until } from "../cluster/lab.ts";
import {
  isWell,
  killedAfter,
  kubectl,
  makeCluster,
  nodesThere,
  play,
  removeLab,
  tryPlay,
  underLoad,
} from "./ha-cluster.ts";

const remove = (host: string, ...more: readonly string[]) => ["-e", `remove=${host}`, ...more, "remove"];
const unreachable = ["-e", "remove_unreachable=true"];

const bringBack = async (): Promise<void> => {
  measured("site brings it back", (await play("site")).seconds);
  await isWell();
};

describe("the removal of a host under load", () => {
  before("make a cluster", () => makeCluster());
  after("remove it", removeLab);

  it("is foretold by --check, which changes nothing", async () => {
    await play("--check", ...remove("life-worker"));
    expect(lastSummary().changes.map(({ task }) => task)).to.include("Drain the node");
    await isWell();
  });

  it("takes a node out, also if runs were killed, and site brings it back in", async () => {
    await underLoad(
      "remove life-worker, killed three times",
      async () => {
        for (let kills = 0; kills < 3; kills++) {
          const seconds = 3 + Math.random() * 12;
          if (!(await killedAfter(seconds, ...remove("life-worker")))) break;
          measured("killed with SIGKILL after", seconds);
        }
        measured("remove life-worker", (await play(...remove("life-worker"))).seconds);
      },
      { hosts: ["life-1", "life-2"] },
    );
    expect(await nodesThere()).to.deep.equal(["life-1", "life-2", "life-3"]);
    measured("again", (await play(...remove("life-worker"))).seconds);
    expect(lastSummary().changes).to.deep.equal([]);
    await bringBack();
  });

  it("is refused for a machine that does not answer, and for the majority, with the arithmetic", async () => {
    expect((await run("podman", "stop", "--time", "10", "life-3")).code).to.equal(0);
    const silent = await tryPlay(...remove("life-3"));
    // As in Ansible, 4 for a host that cannot be reached.
    expect(silent.code, silent.output).to.equal(4);
    expect(silent.output).to.contain("-e remove=life-3 -e remove_unreachable=true remove");
    const other = await tryPlay(...remove("life-2"));
    expect(other.code, other.output).to.equal(4);
    expect(other.output).to.match(
      /etcd has 3 members. Without life-2 it has 2 and needs 2 of them, but only 1\s+is healthy \(life-3 is not\)/,
    );
    await until("life-3 is NotReady", 180, async () => {
      expect(await kubectl("get", "node", "life-3", "--no-headers")).to.contain("NotReady");
    });
  });

  it("takes a master out whose machine is off for good", async () => {
    const { seconds } = await underLoad("remove life-3, whose machine is off", () =>
      play(...unreachable, ...remove("life-3")),
    );
    measured("remove life-3, whose machine is off", seconds);
    expect(await nodesThere()).to.deep.equal(["life-1", "life-2", "life-worker"]);
    await isWell(3);
  });

  it("is refused for the next host while the inventory still has the one before", async () => {
    const { code, output } = await tryPlay(...remove("life-worker"));
    expect(code, output).to.equal(4);
    expect(output.replace(/\s+/g, " ")).to.contain(
      "life-3 is in the inventory, but not in the cluster, and this run would bring it back into proxies and lists of masters. If it was removed, take it out of the inventory",
    );
    await isWell(3);
  });
});
