import { expect } from "chai";
import { lastSummary, measured, type as run } from "../cluster/lab.ts";
import { lab, play, program } from "./small-cluster.ts";

/** Runs iptables in the network of a lab's host. */
async function iptables(host: string, ...args: readonly string[]): Promise<void> {
  const pid = (await run("podman", "inspect", "--format", "{{.State.Pid}}", host)).output.trim();
  const { code, output } = await run("nsenter", `--net=/proc/${pid}/ns/net`, "iptables", ...args);
  expect(code, output).to.equal(0);
}

/** As of an administrator: all may go out, and only SSH may come in. */
async function closeBut22(host: string): Promise<void> {
  await iptables(host, ..."-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT".split(" "));
  await iptables(host, ..."-A INPUT -i lo -j ACCEPT".split(" "));
  await iptables(host, ..."-A INPUT -p tcp --dport 22 -j ACCEPT".split(" "));
  await iptables(host, "-P", "INPUT", "DROP");
}
async function open(host: string): Promise<void> {
  await iptables(host, "-P", "INPUT", "ACCEPT");
  await iptables(host, "-F", "INPUT");
}

const preflight = () => program("play", "--tags", "preflight", "site");

describe("firewalls on bare hosts", () => {
  before("make the hosts", () => lab.make(() => play("lab")));
  after("remove them", () => lab.remove());

  it("are no problem if there are none", async () => {
    const { code, output, seconds } = await preflight();
    expect(code, output).to.equal(0);
    measured("preflight", seconds);
  });

  for (const [host, barred] of [
    ["life-node", "to life-node (10.198.0.21): 10250 (kubelet)"],
    ["life-master", "to life-master (10.198.0.11): 6443 (kube-apiserver)"],
  ] as const)
    it(`on ${host} are named with every port that they bar, before anything is changed`, async () => {
      await closeBut22(host);
      try {
        const { code, output, seconds } = await preflight();
        measured("preflight", seconds);
        expect(code, output).to.equal(2);
        expect(output.replace(/\s+/g, " ")).to.contain(`Connections: TCP connections from this host are barred`);
        expect(output.replace(/\s+/g, " ")).to.contain(barred);
        expect(lastSummary().changes).to.deep.equal([]);
      } finally {
        await open(host);
      }
    });
});
