import { rmSync } from "node:fs";
import { connect } from "node:net";
import { expect } from "chai";
import { lastSummary, measured, type Ran, type as run, until } from "../cluster/lab.ts";
import { onConsole } from "../console.ts";

const inventory = "spec/shapes/lab/closed.yaml";
const [master, node] = ["10.71.0.11", "10.71.0.21"];
const program = (name: string, ...args: readonly string[]): Promise<Ran> =>
  run("npm", "run", "--silent", name, "--", "-i", inventory, ...args);

async function play(...args: readonly string[]): Promise<Ran> {
  const ran = await program("play", ...args);
  if (ran.code !== 0) throw new Error(ran.output);
  return ran;
}

/** Why a port does not answer the controller; undefined if it does. */
const closedBy = (host: string, port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3000 }, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("timeout", () => {
      socket.destroy();
      resolve("no answer");
    });
    socket.once("error", ({ message }) => resolve(message));
  });

/**
 * A cluster behind a bastion: no packet of the controller reaches the master, neither for SSH nor for the API. The node
 * is the bastion.
 */
describe("a cluster whose master only a bastion reaches", function () {
  this.timeout(3_600_000);

  before("make its hosts, and close the master", async () => {
    await play("-e", "lab_state=absent", "lab");
    rmSync(".kubeplay/lab-closed", { recursive: true, force: true });
    await play("lab");
    const controller = (await onConsole("closed-master", "ip -4 route show default")).split(" ")[2] ?? "";
    await onConsole(
      "closed-master",
      `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y nftables >/dev/null 2>&1
nft -f - <<'END'
table inet closed {
  chain input { type filter hook input priority -10; ip saddr ${controller} tcp dport { 22, 6443 } drop; }
}
END`,
    );
  });
  after("remove it", () => play("-e", "lab_state=absent", "lab"));

  it("is predicted as on any bare hosts", async () => {
    await play("--check", "site");
  });

  it("is made by site, and the master stays closed to the controller", async () => {
    measured("site behind a bastion", (await play("site")).seconds);
    expect(await closedBy(master, 22)).to.equal("no answer");
    expect(await closedBy(master, 6443)).to.equal("no answer");
    expect(await closedBy(node, 22)).to.equal(undefined);
  });

  it("has nothing left to do, and check mode agrees", async () => {
    measured("site again behind a bastion", (await play("site")).seconds);
    expect(lastSummary().changes).to.deep.equal([]);
    await play("--check", "site");
    expect(lastSummary().changes).to.deep.equal([]);
  });

  it("answers kubectl: its nodes, a pod's log, and an error with kubectl's exit code", async () => {
    const nodes = await program("kubectl", "get", "nodes", "--no-headers");
    expect(nodes.code, nodes.output).to.equal(0);
    expect(nodes.output.match(/ Ready /g)).to.have.length(2);
    measured("kubectl behind a bastion", nodes.seconds);
    await until("the pod's log", 120, async () => {
      const log = await program("kubectl", "-n", "kube-system", "logs", "deploy/coredns");
      expect(log.output).to.include("CoreDNS-");
    });
    const missing = await program("kubectl", "get", "pod", "none-such");
    expect(missing.code).to.equal(1);
  });

  it("lists its certificates, and is healthy", async () => {
    const certs = await program("certs");
    expect(certs.code, certs.output).to.equal(0);
    expect(certs.output).to.include("closed-master/kubelet-client");
    await until("nothing found", 180, async () => {
      const doctor = await program("doctor");
      expect(doctor.code, doctor.output).to.equal(0);
    });
  });
});
