import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { onHost, play, type } from "./lab.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "kubeplay-bad-"));
const one = ["--limit", "master-1", "--tags", "etcd", "site"];

describe("bad input", () => {
  const said: [string, readonly string[], number, RegExp][] = [
    ["an unknown host in --limit", ["--limit", "master-9", "site"], 1, /master-9".*did you mean "master-1"/],
    [
      "an unknown variable",
      ["-e", "etcd_clientport=1", "site"],
      1,
      /unknown variable etcd_clientport.*etcd_client_port/,
    ],
    [
      "a variable of the wrong type",
      ["-e", "kube_nginx_port=high", "site"],
      1,
      /kube_nginx_port is "high", expected a port from 1 to 65535/,
    ],
    ["an unknown playbook", ["sit"], 1, /no playbook sit.*"site"/],
    ["an unknown option", ["--bogus", "site"], 5, /unknown option '--bogus'/],
    [
      "networks that overlap",
      ["-e", "pod_cidr=10.96.0.0/16", "--tags", "preflight", "site"],
      2,
      /Networks: pod_cidr 10\.96\.0\.0\/16/,
    ],
    [
      "another cluster_name for a running cluster",
      ["-e", "cluster_name=renamed", "--tags", "preflight", "site"],
      2,
      /ClusterAuthority: .*\.kubeplay\/renamed has no CA.*set cluster_name to lab/,
    ],
    [
      "another version than the running cluster's",
      ["-e", "kubernetes_version=1.36.3", "--tags", "preflight", "site"],
      2,
      /ClusterVersion: .*kubernetes_version is 1\.36\.3, but 1\.37\.\d+ runs: only the playbook upgrade/,
    ],
    [
      "a become user that does not exist",
      ["-e", "ansible_become_user=nobody-here", ...one],
      2,
      /cannot become nobody-here/,
    ],
  ];
  for (const [what, args, exit, message] of said)
    it(`is explained: ${what}`, async () => {
      const { code, output } = await play(...args);
      expect(output).to.match(message);
      expect(code).to.equal(exit);
    });

  it("is explained: a key that no host accepts", async () => {
    const key = path.join(folder, "key");
    await type("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
    const { code, output } = await play("-e", `ansible_ssh_private_key_file=${key}`, ...one);
    expect(output).to.include(key);
    expect(code).to.equal(4);
  });

  it("is explained: a host key that has changed", async () => {
    const file = path.join(folder, "known_hosts");
    const [first, second, ...rest] = readFileSync(".kubeplay/lab/known_hosts", "utf8").split("\n");
    const [address] = first?.split(" ") ?? [];
    const [, algorithm, key] = second?.split(" ") ?? [];
    writeFileSync(file, [`${address ?? ""} ${algorithm ?? ""} ${key ?? ""}`, second, ...rest].join("\n"));
    const { code, output } = await play("-e", `ansible_ssh_known_hosts_file=${file}`, ...one);
    expect(output).to.match(/host key of 10\.187\.0\.11 has changed: .*known_hosts:1 expects SHA256:/);
    expect(code).to.equal(4);
  });

  it("is explained: a host that cannot be reached, while the others continue", async () => {
    const file = path.join(folder, "hosts.yaml");
    const hosts = readFileSync("hosts.yaml", "utf8")
      .replace("10.187.0.12", "10.187.0.99, node_address: 10.187.0.12")
      .replace("cluster_name: lab", "cluster_name: lab\n    ansible_ssh_timeout: 3");
    writeFileSync(file, hosts);
    const { code, output } = await play("-i", file, "--limit", "masters", "--tags", "etcd", "site");
    expect(output).to.match(/fatal: \[master-2\]: UNREACHABLE!/);
    expect(output).to.match(/ok: \[master-1\] \[master-3\]/);
    expect(code).to.equal(4);
  });

  it("is explained: a port that is in use", async () => {
    await onHost("10.187.0.21", "systemd-run --quiet --unit=taker /usr/sbin/sshd -D -p 9443 -o PidFile=none");
    const { code, output } = await play("-e", "kube_nginx_port=9443", "--tags", "preflight", "site");
    await onHost("10.187.0.21", "systemctl stop taker");
    expect(output).to.match(/fatal: \[node-1\].*Ports: port 9443 is used by sshd, but nginx needs it/);
    expect(code).to.equal(2);
  });

  it("is explained: masters that went missing from the inventory", async () => {
    const file = path.join(folder, "one-master.yaml");
    writeFileSync(file, readFileSync("hosts.yaml", "utf8").replace(/^ +master-[23]: .*\n/gm, ""));
    const { code, output } = await play("-i", file, "--tags", "preflight", "site");
    expect(output).to.match(
      /EtcdCluster: its etcd has 3 members and needs 2 .* lacks master-[23], master-[23]: without/,
    );
    expect(code).to.equal(2);
  });

  it("is explained: a node that went missing from the inventory, and keeps working", async () => {
    const file = path.join(folder, "one-node.yaml");
    writeFileSync(file, readFileSync("hosts.yaml", "utf8").replace(/^ +node-2: .*\n/gm, ""));
    const { code, output } = await play("-i", file, "--tags", "preflight", "site");
    expect(output).to.contain("the cluster has a node that the inventory does not have: node-2");
    expect(code).to.equal(0);
  });
});
