import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { renderTemplate } from "#engine/template/render.ts";
import { cniBridge } from "#roles/cni-bridge/index.ts";
import { routesService } from "#roles/cni-bridge/units.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { master, namesOf, node, taskNamed, tasksOf } from "../setting.ts";

const hosts = [master("a", "10.0.0.11"), node("b", "10.0.0.12"), node("c", "10.0.0.13")];
const folder = path.resolve("roles/cni-bridge");
const tasks = tasksOf(cniBridge, { hosts, vars: { cni: "bridge" } });
const rendered = (name: string): string => {
  const found = tasks.find((task) => task.name === name)?.props as { src: string; values: object };
  return renderTemplate(path.join(folder, "templates", found.src), found.values);
};

describe("the pods' network on a host", () => {
  it("gives pods addresses of the host's own part, and leaves masquerading to the routes' program", () => {
    const network = JSON.parse(rendered("Write the pods' network")) as { plugins: Record<string, unknown>[] };
    expect(network.plugins.map(({ type }) => type)).to.deep.equal(["bridge", "portmap"]);
    expect(network.plugins[0]).to.include({ isGateway: true, ipMasq: false });
    expect(network.plugins[0]?.ipam).to.deep.include({ ranges: [[{ subnet: "10.244.11.0/24" }]] });
  });

  it("is kept from systemd-networkd, and set again by a timer", () => {
    const file = taskNamed(tasks, "Have systemd-networkd leave the routes alone", folder);
    expect(file.label).to.equal("/etc/systemd/networkd.conf.d/90-kubeplay.conf");
    expect(JSON.stringify(file.steps({ path: { type: "absent" } }))).to.contain("[Network]\\nManageForeignRoutes=no");
    expect(tasks.at(-3)?.props).to.include({ name: "kubeplay-routes.timer", enabled: true, state: "started" });
  });

  it("is there before a pod starts, and comes with nftables.service, which empties the packet filter", () => {
    const service = routesService("/opt/bin/kubeplay-routes");
    const lines = service.split("\n");
    expect(lines).to.include.members(["Before=kubelet.service", "WantedBy=multi-user.target nftables.service"]);
    expect(lines.find((line) => line.startsWith("After="))).to.contain("nftables.service");
    // Else the timer would find it active for ever.
    expect(service).not.to.contain("RemainAfterExit");
  });

  it("sets each parameter of the kernel that bridges need, and none that every host has anyway", () => {
    expect(namesOf(tasks).filter((name) => name.startsWith("Set net"))).to.deep.equal([
      "Set net.bridge.bridge-nf-call-iptables",
      "Set net.bridge.bridge-nf-call-ip6tables",
    ]);
  });
});

/** Runs the program on a machine whose `ip` and `nft` are files of this spec: what they are told to change, they log. */
describe("the program that sets the routes", () => {
  const bin = temporaryFolder();
  const file = (name: string) => `${bin}/${name}`;
  const rule = "ip saddr 10.244.11.0/24 ip daddr != { 10.244.0.0/16, 224.0.0.0/4 } masquerade";

  function changes(routes: readonly string[], table: string): string[] {
    writeFileSync(file("routes"), routes.map((line) => `${line} dev eth0 \n`).join(""));
    writeFileSync(file("table"), table);
    rmSync(file("log"), { force: true });
    const env = { PATH: `${bin}:${process.env.PATH ?? ""}`, BIN: bin };
    execFileSync("sh", ["-c", rendered("Write what sets the routes")], { env });
    return existsSync(file("log")) ? readFileSync(file("log"), "utf8").trimEnd().split("\n") : [];
  }

  before(() => {
    const ip = '#!/bin/sh\ncase "$*" in *" show "*) cat "$BIN/routes" ;; *) echo "ip $*" >> "$BIN/log" ;; esac\n';
    const nft = '#!/bin/sh\ncase "$*" in *list*) cat "$BIN/table" ;; *) { echo nft; cat; } >> "$BIN/log" ;; esac\n';
    writeFileSync(file("ip"), ip, { mode: 0o755 });
    writeFileSync(file("nft"), nft, { mode: 0o755 });
  });

  it("changes nothing where all is set", () => {
    expect(changes(["10.244.12.0/24 via 10.0.0.12", "10.244.13.0/24 via 10.0.0.13"], rule)).to.deep.equal([]);
  });

  it("sets what is gone or leads elsewhere, and takes away what is not wanted any more", () => {
    const now = ["10.244.13.0/24 via 10.0.0.1", "10.244.14.0/24 via 10.0.0.14"];
    expect(changes(now, rule)).to.deep.equal([
      "ip -4 route del 10.244.14.0/24 proto 142",
      "ip -4 route replace 10.244.12.0/24 via 10.0.0.12 proto 142",
      "ip -4 route replace 10.244.13.0/24 via 10.0.0.13 proto 142",
    ]);
    expect(changes([], rule)).to.have.length(2);
  });

  it("makes its own table of the packet filter anew where its rule is not there", () => {
    const all = ["10.244.12.0/24 via 10.0.0.12", "10.244.13.0/24 via 10.0.0.13"];
    const [first, ...text] = changes(all, "table ip kubeplay-pods {\n}\n");
    expect(first).to.equal("nft");
    expect(text.join("\n")).to.match(
      /^table ip kubeplay-pods\ndelete table ip kubeplay-pods\ntable ip kubeplay-pods \{/,
    );
    expect(text.map((line) => line.trim())).to.include(rule);
  });
});
