import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { eventually, type Ran, type as run } from "../cluster/lab.ts";
import { killed, killedIn } from "./killed.ts";

interface Status {
  readonly Status: { readonly raftTerm: number; readonly leader: number; readonly header: { member_id: number } };
}

/** The leader of etcd, and its term, which each election raises. */
export interface Reign<Host extends string> {
  readonly term: number;
  readonly leader: Host;
}

/** A lab's cluster, used as an operator would: by npm scripts, and by SSH. */
export class LifeCluster<Host extends string> {
  readonly inventory: string;
  /** The cluster's folder on the controller, which is the lab's too. */
  readonly folder: string;
  readonly addresses: Partial<Record<Host, string>>;

  constructor(inventory: string, folder: string, addresses: Partial<Record<Host, string>>) {
    this.inventory = inventory;
    this.folder = folder;
    this.addresses = addresses;
  }

  /** A program of the project, on this cluster: `npm run NAME -- -i … ARGS`. */
  program(name: string, ...args: readonly string[]): Promise<Ran> {
    return run("npm", "run", "--silent", name, "--", "-i", this.inventory, ...args);
  }

  tryPlay(...args: readonly string[]): Promise<Ran> {
    return this.program("play", ...args);
  }

  /** Plays on this cluster. Rejects if the run fails. */
  async play(...args: readonly string[]): Promise<Ran> {
    const ran = await this.tryPlay(...args);
    if (ran.code !== 0) throw new Error(ran.output);
    return ran;
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    const { code, output } = await this.program("kubectl", ...args);
    if (code !== 0) throw new Error(output);
    return output;
  }

  addressOf(host: Host): string {
    const address = this.addresses[host];
    if (address === undefined) throw new Error(`${host} has no address`);
    return address;
  }

  /** Runs a command on a host as root. */
  onHost(host: Host, command: string): Promise<Ran> {
    const keys = ["-i", `${this.folder}/id_ed25519`, "-o", `UserKnownHostsFile=${this.folder}/known_hosts`];
    const options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"];
    const words = [`kubeplay@${this.addressOf(host)}`, `sudo sh -c ${JSON.stringify(command)}`];
    return run("ssh", ...keys, ...options, ...words);
  }

  /** Runs a command on a host as root. Rejects if it fails. */
  async sure(host: Host, command: string): Promise<string> {
    const { code, output } = await this.onHost(host, command);
    expect(code, `${command} on ${host}: ${output}`).to.equal(0);
    return output;
  }

  /** The leader of etcd; asked of the first of these masters that answers. */
  async etcdNow(masters: readonly Host[]): Promise<Reign<Host>> {
    let term = 0;
    for (const host of masters) {
      const { code, output } = await this.onHost(host, etcdctl("endpoint status -w json"));
      if (code !== 0) continue;
      const [{ Status: status }] = JSON.parse(output) as [Status];
      term = Math.max(term, status.raftTerm);
      if (status.leader === status.header.member_id) return { term, leader: host };
    }
    throw new Error("no member of etcd leads");
  }

  /** Makes the member of a master the leader. */
  async moveLeader(to: Host, masters: readonly Host[]): Promise<void> {
    const { leader } = await this.etcdNow(masters);
    if (leader === to) return;
    const list = await this.sure(leader, etcdctl("member list"));
    const id = list
      .split("\n")
      .find((line) => line.includes(` ${to},`))
      ?.split(",")[0];
    await this.sure(leader, etcdctl(`move-leader ${id ?? ""}`));
  }

  /** The Service that the load calls. */
  async deployCalled(): Promise<void> {
    const image = await this.kubectl(
      ...["-n", "kube-system", "get", "deployment", "coredns"],
      ...["-o", "jsonpath={.spec.template.spec.containers[0].image}"],
    );
    const file = `${this.folder}/called.yaml`;
    writeFileSync(file, readFileSync("spec/life/called.yaml", "utf8").replace("IMAGE", image.trim()));
    await this.kubectl("apply", "-f", file);
    await this.kubectl("-n", "load", "rollout", "status", "deployment/called", "--timeout=180s");
  }

  /** Kills a run of the controller with SIGKILL after some seconds; resolves to whether it was still running. */
  killedAfter(seconds: number, ...args: readonly string[]): Promise<boolean> {
    return killed(this.inventory, seconds, ...args);
  }

  /** The same, so many seconds after the play of this name has begun. */
  killedIn(play: string, seconds: number, ...args: readonly string[]): Promise<boolean> {
    return killedIn(play, this.inventory, seconds, ...args);
  }

  /** All nodes are Ready. */
  async isWell(nodes: number): Promise<void> {
    await eventually(180, async () => {
      const rows = (await this.kubectl("get", "nodes", "--no-headers")).trim().split("\n");
      expect(rows, rows.join("\n")).to.have.length(nodes);
      for (const row of rows) expect(row).to.match(/\sReady\s/);
    });
  }

  async nodesThere(): Promise<readonly string[]> {
    const names = await this.kubectl("get", "nodes", "-o", "name");
    return names
      .trim()
      .split("\n")
      .map((name) => name.replace("node/", ""));
  }
}

export const etcdctl = (command: string): string =>
  "etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/healthcheck-client.crt " +
  `--key /etc/etcd/pki/healthcheck-client.key ${command}`;
