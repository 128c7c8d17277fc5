import { expect } from "chai";
import { firewall, type FirewallRule } from "kubeplay";
import { inNetwork, networkOf } from "#engine/resources/firewall/network.ts";
import { tableOf } from "#engine/resources/firewall/rules.ts";
import { asked, subject } from "../one-resource.ts";

const absent = { type: "absent" } as const;
const of = (p: object) => subject(firewall("f", { name: "web", ...p }));

describe("the resource firewall", () => {
  const allow: readonly FirewallRule[] = [{ port: 22, from: ["10.0.0.0/8", "FD00:0::/8"] }, { port: "80-81" }];
  const bare = { table: undefined, connection: undefined, rules: absent, unit: absent, boot: absent };
  const one = of({ allow });

  it("compares the table as nft lists it, and what loads it at boot", () => {
    expect(asked(one)).to.deep.equal([
      "packet filter table\0inet web".replace("\0", " "),
      "own connection ssh",
      "path /etc/nftables.d/web.nft",
      "path /etc/systemd/system/firewall-web.service",
      "path /etc/systemd/system/sysinit.target.wants/firewall-web.service",
    ]);
    expect(one.diff(bare).map(({ what }) => what)).to.deep.equal(["rules", "at boot"]);
    expect(tableOf("web", allow).split("\n").slice(-6)).to.deep.equal(
      [
        "\t\tip saddr 10.0.0.0/8 tcp dport 22 accept",
        "\t\tip6 saddr fd00::/8 tcp dport 22 accept",
        "\t\ttcp dport 80-81 accept",
        "\t}",
        "}",
      ].toSpliced(0, 0, "\t\tip6 saddr fe80::/10 udp dport 546 accept"),
    );
    expect(one.diff({ ...bare, ...one.forecast(bare) })).to.deep.equal([]);
  });

  it("loads and confirms new rules before it writes them for the next boot, and not if only the boot differs", () => {
    const [first, ...rest] = one.rawSteps(bare);
    expect(first).to.have.property("endsConnection", true);
    expect(rest.map((step) => (typeof step === "object" && "to" in step ? step.to : typeof step))).to.deep.equal([
      "string",
      "/etc/nftables.d/web.nft",
      "/etc/systemd/system/firewall-web.service",
      "string",
      "string",
    ]);
    const running = { ...bare, table: tableOf("web", allow) };
    expect(one.diff(running).map(({ what }) => what)).to.deep.equal(["at boot"]);
    expect(one.rawSteps(running).some((step) => typeof step === "object" && "endsConnection" in step)).to.equal(false);
  });

  it("refuses rules without the run's own connection, whatever the host has now", () => {
    const from = (client: string, port = 22) => ({ ...bare, connection: { client, port } });
    for (const shut of [from("192.0.2.7"), from("fe80::1"), from("10.1.2.3", 2222)])
      expect(() => one.diff(shut)).to.throw(
        `the rules would shut this run out: allow TCP port ${String(shut.connection.port)} for ${shut.connection.client}`,
      );
    for (const open of [from("10.1.2.3"), from("fd12::7"), from("192.0.2.7", 80)])
      expect(one.diff(open)).to.have.length(2);
    expect(() => of({ allow: [{ port: 22, protocol: "udp" }] }).diff(from("10.1.2.3"))).to.throw("shut this run out");
  });

  it("removes its table, its file and its unit", () => {
    const gone = of({ state: "absent" });
    const now = { ...bare, ...one.forecast(bare) };
    expect(gone.diff(now).map(({ what }) => what)).to.deep.equal(["rules", "at boot"]);
    expect(gone.steps(now).slice(-2)).to.deep.equal(["nft delete table inet web", "systemctl daemon-reload"]);
    expect(gone.diff({ ...now, ...gone.forecast(now) })).to.deep.equal([]);
  });

  it("needs nft, and properties that can be meant", () => {
    expect(of({ allow }).problems(bare, absent)).to.deep.equal({
      "path /usr/sbin/nft": "web: there is no /usr/sbin/nft",
    });
    for (const [p, problem] of [
      [{ name: "a b", allow }, "is not the name of a firewall"],
      [{}, "a firewall requires allow"],
      [{ allow, confirm: 1 }, "expected 5 to 3600 seconds"],
      [{ allow: [{ port: 0 }] }, "0 is not a port"],
      [{ allow: [{ port: "90-80" }] }, '"90-80" is not a port'],
      [{ allow: [{ port: 65_536 }] }, "65536 is not a port"],
      [{ allow: [{ port: 1, from: [] }] }, "open for no address"],
      [{ allow: [{ port: 1, from: ["10.0.0.1/8"] }] }, "is an address in a network"],
      [{ allow: [{ port: 1, from: ["0.0.0.0/0"] }] }, "leave `from` out"],
      [{ allow: [{ port: 1, from: ["10.0.0.0/33"] }] }, "is not a network"],
      [{ allow: [{ port: 1, from: ["example.org"] }] }, "is not a network"],
    ] as const)
      expect(() => of(p), JSON.stringify(p)).to.throw(problem);
  });

  it("reads networks of both families", () => {
    expect(networkOf("2001:DB8:0::/48")).to.deep.equal({ address: "2001:db8::", prefix: 48 });
    expect(networkOf("192.0.2.7")).to.deep.equal({ address: "192.0.2.7", prefix: 32 });
    expect(() => networkOf("2001:db8::1/48")).to.throw("is an address in a network");
    expect(inNetwork(networkOf("2001:db8::/48"), "2001:db8:0:1::5")).to.equal(true);
    expect(inNetwork(networkOf("2001:db8::/48"), "192.0.2.7")).to.equal(false);
  });
});
