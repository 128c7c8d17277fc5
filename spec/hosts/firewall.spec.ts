import { expect } from "chai";
import { createConnection } from "node:net";
import { firewall, packages, type FirewallRule, type Task } from "kubeplay";
import { connect } from "#engine/connection/connect.ts";
import { loadAndConfirm } from "#engine/resources/firewall/load.ts";
import { withProtocols } from "#engine/queries/packet-filter-table.ts";
import { tableOf } from "#engine/resources/firewall/rules.ts";
import { until } from "../until.ts";
import { keep, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { host, on, target } from "./lab/host.ts";

describe("a firewall on a Debian host", function () {
  this.timeout(600_000);
  const twice = async (task: Task) => twiceOn(await host(), task);
  const listed = async () => withProtocols(await on("nft --stateless list table inet specs 2>/dev/null || echo none"));
  const allow = [
    { port: 22 },
    { port: "8000-8100", from: ["10.0.0.0/8", "192.0.2.7/32", "FD00:0::/8", "2001:db8::1"] },
    { port: 53, protocol: "udp" as const },
  ];

  before(async () => {
    await keep(await host(), packages("p", { names: ["nftables", "busybox"] }));
    await on(
      "systemctl disable --now nftables 2>/dev/null; nft delete table inet specs 2>/dev/null; rm -f /etc/nftables.d/specs.nft",
    );
  });
  after(async () => {
    await on("systemctl stop specs-port");
    await keep(await host(), firewall("f", { name: "specs", state: "absent" }));
  });

  it("lets in what it names, in new connections too, and is listed as it was written", async () => {
    expect(await twice(firewall("f", { name: "specs", allow }))).to.deep.equal(["rules", "at boot"]);
    expect(await listed()).to.equal(tableOf("specs", allow));
    const another = await connect(target);
    await another.close();
    expect(
      await on("systemctl list-timers --all 'kubeplay-firewall-*' --no-legend; ls -A /run/kubeplay-firewall"),
    ).to.equal("");
  });

  /** What becomes of a new connection from here. */
  const connecting = (port: number): Promise<string> =>
    new Promise((resolve) => {
      const socket = createConnection({ host: target.address, port });
      const ends = (how: string) => () => {
        socket.destroy();
        resolve(how);
      };
      socket.setTimeout(3000, ends("dropped")).on("connect", ends("let in")).on("error", ends("refused"));
    });

  it("drops what it no longer names", async () => {
    await on("systemd-run --quiet --collect --unit=specs-port busybox httpd -f -p 8050");
    await until("the server answers", async () => (await connecting(8050)) === "let in");
    expect(await connecting(8049)).to.equal("refused");
    expect(await twice(firewall("f", { name: "specs", allow: [{ port: 22 }] }))).to.deep.equal(["rules", "at boot"]);
    expect(await connecting(8050)).to.equal("dropped");
  });

  it("corrects what somebody changed in its table, its file or at boot", async () => {
    await on("nft add rule inet specs input tcp dport 1 accept");
    expect(await twice(firewall("f", { name: "specs", allow: [{ port: 22 }] }))).to.deep.equal(["rules"]);
    await on("systemctl disable --quiet firewall-specs 2>/dev/null; echo > /etc/nftables.d/specs.nft");
    expect(await twice(firewall("f", { name: "specs", allow: [{ port: 22 }] }))).to.deep.equal(["at boot"]);
    await on("nft delete table inet specs && systemctl restart firewall-specs && systemctl is-enabled firewall-specs");
    expect(await listed()).to.equal(tableOf("specs", [{ port: 22 }]));
  });

  it("stays if nftables is restarted or reloaded, which forgets all tables", async () => {
    await on("systemctl start nftables");
    for (const verb of ["restart", "reload"]) {
      await on(`systemctl ${verb} nftables`);
      await until("its unit has followed", async () => (await listed()) === tableOf("specs", [{ port: 22 }]));
    }
    expect(await keep(await host(), firewall("f", { name: "specs", allow: [{ port: 22 }] }))).to.deep.equal([]);
    await on("systemctl stop nftables; systemctl start firewall-specs");
  });

  it("refuses rules that shut the run out, before it changes anything", async () => {
    const before = await listed();
    const writer = await host();
    const failure = (rules: readonly FirewallRule[]) =>
      keep(writer, firewall("f", { name: "specs", allow: rules })).then(String, String);
    expect(await failure([{ port: 443 }])).to.match(/would shut this run out: allow TCP port 22 for [\d.]+$/);
    expect(await failure([{ port: 22, from: ["192.0.2.0/24"] }])).to.contain("would shut this run out");
    expect(await listed()).to.equal(before);
  });

  it("takes the old rules back where the new ones let no connection in", async () => {
    const before = await listed();
    const writer = await connect({ ...target, connectTimeout: 3 });
    try {
      const step = loadAndConfirm("specs", tableOf("specs", [{ port: 443 }]), 8);
      const error = await step.overConnection(writer, { progress: () => undefined }).catch((one: unknown) => one);
      expect(String(error)).to.contain("so the host took the old ones back: allow the port");
    } finally {
      await writer.close();
    }
    expect(await listed()).to.equal(before);
  });

  it("leaves nothing once it is gone", async () => {
    expect(await twice(firewall("f", { name: "specs", state: "absent" }))).to.deep.equal(["rules", "at boot"]);
    expect(await listed()).to.equal("none");
    expect(
      await on(
        "ls /etc/systemd/system/*/firewall-specs.service /etc/systemd/system/firewall-specs.service /etc/nftables.d/specs.nft 2>/dev/null; :",
      ),
    ).to.equal("");
  });
});
