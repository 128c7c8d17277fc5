import { expect } from "chai";
import type { EtcdAnswer, EtcdMember } from "#cluster/etcd-members.ts";
import { master, node } from "../setting.ts";
import { areNamed, good, problems, withFindings, withText } from "./good.ts";

const membersAt = (...addresses: string[]): EtcdMember[] =>
  addresses.map((address) => ({
    name: `m${address.slice(-2)}`,
    peerUrls: [`https://${address}:2380`],
    hasRun: true,
  }));
const running = (...addresses: string[]): EtcdAnswer => ({ state: "running", members: membersAt(...addresses) });
const all = ["10.0.0.11", "10.0.0.12", "10.0.0.13"];
/** What a stopped member leaves: its data, its unit and the configuration that it first started with. */
const stopped = (initialCluster: string) =>
  withFindings({
    installed: ["etcd"],
    folders: { "/var/lib/etcd": ["member"] },
    texts: { ...good.found.texts, "/etc/etcd/etcd.yaml": `name: a\ninitial-cluster: ${initialCluster}\n` },
  });
const ofAll = all.map((address) => `m${address.slice(-2)}=https://${address}:2380`).join(",");
const unknown =
  "EtcdCluster: its etcd belongs to a cluster of https://10.0.0.11:2380, without b, c, and does not run: it must, before masters can join. Start it (systemctl start etcd) or restore the group masters";
const one = good.masters.slice(0, 1);
const further = (name: string) =>
  ` Restore the group masters. To take a master out for good, then run: npm run play -- -e remove=${name} remove`;
const off = ". If its machine is off for good, the inventory need not have it: add -e remove_unreachable=true";
const proxy = (...servers: string[]): string =>
  `stream {\n  upstream apis {\n${servers.map((server) => `    server ${server} max_fails=2;`).join("\n")}\n  }\n  server {\n    listen 127.0.0.1:8443;\n  }\n}\n`;
const nginx = "/etc/kube-nginx/nginx.conf";
const joined = (...servers: string[]) =>
  withFindings({ installed: ["kubelet"], texts: { ...good.found.texts, [nginx]: proxy(...servers) } });

describe("preflight's check of the masters", () => {
  areNamed([
    [
      "an even number of etcd members",
      { masters: good.masters.slice(0, 2) },
      "EtcdMembers: the group masters has 2 hosts, expected an odd number: with an even one, etcd survives no more failures and fails more often. Add or remove a master",
    ],
    [
      "masters that are all others",
      withFindings({ etcd: running("10.9.0.1") }),
      "EtcdCluster: its etcd belongs to a cluster of https://10.9.0.1:2380, without a, b, c: no master would be left. Restore the group masters and etcd_peer_port",
    ],
    [
      "a member at another address",
      withFindings({
        etcd: {
          state: "running",
          members: [...membersAt(...all.slice(0, 2)), { ...membersAt("10.0.0.99")[0]!, name: "c" }],
        },
      }),
      "EtcdCluster: its etcd has the member c at https://10.0.0.99:2380, but the inventory has another address. If c is a new machine, let it join as a new member: npm run play -- -e replace=c site. Otherwise restore its address",
    ],
    ["masters that a stopped etcd does not know", stopped("a=https://10.0.0.11:2380"), unknown],
    [
      "members that the group masters lacks, with the majority that would be lost",
      { masters: one, ...withFindings({ etcd: running(...all) }) },
      `EtcdCluster: its etcd has 3 members and needs 2 of them, but the group masters lacks m12, m13: without them, 1 would be left, and the API would stop.${further("m12")}${off}`,
    ],
    [
      "members of a stopped etcd that the group masters lacks",
      { masters: one, ...stopped(ofAll) },
      `EtcdCluster: its etcd has 3 members and needs 2 of them, but the group masters lacks m12, m13: without them, 1 would be left, and the API would stop.${further("m12")}${off}`,
    ],
    [
      "a member that the group masters lacks, while a majority would be left",
      {
        masters: [...good.masters, master("d", "10.0.0.14"), master("e", "10.0.0.15")].slice(0, 3),
        ...withFindings({ etcd: running(...all, "10.0.0.14") }),
      },
      `EtcdCluster: its etcd has 4 members and needs 3 of them, but the group masters lacks m14: without them, 3 would be left, and none of them might fail.${further("m14")}${off}`,
    ],
    [
      "a host with a member that became a node",
      { host: node("a", "10.0.0.11"), masters: good.masters.slice(2), ...stopped(ofAll) },
      `FormerMaster: it has a member of the cluster's etcd in /var/lib/etcd, but is not in the group masters: its control plane would keep running and no longer be looked after.${further("a")}`,
    ],
    [
      "a node of a cluster with other masters",
      { host: node("a", "10.0.0.21"), ...withFacts21(), ...joined("10.9.0.1:6443", "[fd00::1]:6443") },
      "KnownMasters: its cluster has the API servers 10.9.0.1, fd00::1, and none of them is in the group masters: the new masters would become a second cluster. Restore the group masters",
    ],
  ]);

  it("accepts the cluster as it was made", () => {
    expect(problems(withFindings({ etcd: running(...all) }))).to.deep.equal([]);
    expect(problems(stopped(ofAll))).to.deep.equal([]);
    expect(problems(joined("10.0.0.12:6443", "10.9.0.1:6443"))).to.deep.equal([]);
    expect(problems(withText(nginx, proxy("10.9.0.1:6443"))), "a host that has not joined").to.deep.equal([]);
  });

  it("accepts new masters of an etcd that runs", () => {
    expect(problems(withFindings({ etcd: running("10.0.0.11") }))).to.deep.equal([]);
    expect(problems(withFindings({ etcd: running(...all.slice(0, 2)) })), "one is there already").to.deep.equal([]);
  });

  it("accepts the old member of a master that is replaced, also at another address", () => {
    const moved: EtcdAnswer = {
      state: "running",
      members: [...membersAt(...all.slice(0, 2)), { ...membersAt("10.0.0.99")[0]!, name: "c" }],
    };
    expect(problems({ replace: "c", ...withFindings({ etcd: moved }) })).to.deep.equal([]);
  });

  it("leaves the number of masters of a known cluster to hosts that have a member", () => {
    const known = { kubeplay: { kubernetes: ["k"], etcd: ["e"] } };
    const fresh = { masters: good.masters.slice(0, 2), ...withFindings({ authorities: known }) };
    expect(problems(fresh)).to.deep.equal([]);
  });

  it("accepts an even number of masters that is left after a member was removed by hand", () => {
    const left = { masters: good.masters.slice(0, 2), ...withFindings({ etcd: running(...all.slice(0, 2)) }) };
    expect(problems(left)).to.deep.equal([]);
  });

  it("reports the number of masters on masters only", () => {
    const { host, ...rest } = { host: node("n", "10.0.0.11"), masters: good.masters.slice(0, 2) };
    expect(problems({ host, ...rest })).to.deep.equal([]);
  });
});

function withFacts21() {
  return {
    facts: { ...good.facts, addresses: [{ interface: "eth0", address: "10.0.0.21", prefix: 24 }] },
  };
}
