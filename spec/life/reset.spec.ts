import { rmSync } from "node:fs";
import { expect } from "chai";
import { lastSummary, measured, type Ran, type as run } from "../cluster/lab.ts";
import { killed } from "./killed.ts";

const inventory = "spec/life/reset.yaml";
const folder = ".kubeplay/reset";
const hosts = { "reset-master": "10.75.0.11", "reset-node": "10.75.0.21" } as const;
type HostName = keyof typeof hosts;
const names = Object.keys(hosts) as HostName[];

const tryPlay = (...args: readonly string[]): Promise<Ran> =>
  run("npm", "run", "--silent", "play", "--", "-i", inventory, ...args);
async function play(...args: readonly string[]): Promise<Ran> {
  const ran = await tryPlay(...args);
  if (ran.code !== 0) throw new Error(ran.output);
  return ran;
}
const all = ["-e", `reset=${names.join(",")}`, "-e", "reset_cluster=reset", "reset"];
const changes = (): string[] =>
  lastSummary()
    .changes.map(({ host, task }) => `${host}: ${task}`)
    .sort();

const ssh = `ssh -i ${folder}/id_ed25519 -o UserKnownHostsFile=${folder}/known_hosts -o BatchMode=yes`;

/** What a host has, with its packet filter, which the machine can see without a tool on the host. */
async function recordOf(host: HostName): Promise<readonly string[]> {
  const found = await run("sh", "-c", `${ssh} kubeplay@${hosts[host]} sudo sh < spec/life/host-record.sh`);
  expect(found.code, found.output).to.equal(0);
  const pid = (await run("podman", "inspect", "--format", "{{.State.Pid}}", host)).output.trim();
  const filter = await run("nsenter", "--target", pid, "--net", "sh", "-c", "iptables-save; ip6tables-save");
  expect(filter.code, filter.output).to.equal(0);
  const rules = filter.output.split("\n").filter((line) => line !== "" && !/^# (Generated|Completed)/.test(line));
  return [...found.output.trim().split("\n"), ...rules.map((rule) => `filter ${rule.replace(/\[\d+:\d+\]/, "")}`)];
}

describe("the reset of a cluster", () => {
  const recorded = new Map<HostName, readonly string[]>();
  let foretold: readonly string[] = [];

  before("make a cluster, and record its hosts before", async () => {
    await play("-e", "lab_state=absent", "lab");
    rmSync(folder, { recursive: true, force: true });
    await play("lab");
    for (const host of names) recorded.set(host, await recordOf(host));
    measured("site", (await play("site")).seconds);
  });
  after("remove it", () => play("-e", "lab_state=absent", "lab"));

  it("is refused for hosts that the cluster has, and for the whole cluster without its name", async () => {
    const node = await tryPlay("-e", "reset=reset-node", "reset");
    expect(node.code, node.output).to.equal(2);
    expect(node.output).to.contain("reset-node is still in the cluster").and.contain("-e remove=reset-node remove");
    const whole = await tryPlay("-e", `reset=${names.join(",")}`, "reset");
    expect(whole.code, whole.output).to.equal(2);
    expect(whole.output).to.contain("this ends the cluster reset");
    const none = await tryPlay("reset");
    expect(none.code, none.output).to.equal(1);
  });

  it("is foretold by --check, which changes nothing", async () => {
    await play("--check", ...all);
    foretold = changes();
    expect(foretold).to.include("reset-node: End all pods, and unmount what they used");
    expect((await play("--check", "site")).code).to.equal(0);
    expect(changes()).to.deep.equal([]);
  });

  it("brings each host back to how it was, also if runs were killed", async () => {
    const done = new Set<string>();
    for (let kills = 0; kills < 3; kills++) if (!(await killed(inventory, 2 + Math.random() * 8, ...all))) break;
    measured("reset", (await play(...all)).seconds);
    for (const change of changes()) done.add(change);
    expect([...done].filter((change) => !foretold.includes(change))).to.deep.equal([]);
    for (const host of names) {
      const now = await recordOf(host);
      const was = recorded.get(host) ?? [];
      const different = [
        ...now.filter((line) => !was.includes(line)).map((line) => `+ ${line}`),
        ...was.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
      ];
      expect(different.join("\n"), host).to.equal("");
    }
  });

  it("changes nothing the second time", async () => {
    await play(...all);
    expect(changes()).to.deep.equal([]);
  });

  it("leaves hosts on which site makes a cluster again, as many changes as --check of reset had", async () => {
    measured("site", (await play("site")).seconds);
    await play("--check", ...all);
    expect(changes()).to.deep.equal(foretold);
    await play(...all);
    expect(changes()).to.deep.equal(foretold);
  });
});
