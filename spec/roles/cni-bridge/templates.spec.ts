import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { resolve } from "#engine/tasks/output.ts";
import { renderTemplate } from "#engine/template/render.ts";
import { cniBridge } from "#roles/cni-bridge/index.ts";
import { formerIn, type PodRoute } from "#roles/cni-bridge/kept-routes.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { master, namesOf, node, tasksOf } from "../setting.ts";
import { taskCalled } from "../tasks-of.ts";

const hosts = [master("a", "10.0.0.11"), node("b", "10.0.0.12"), node("c", "10.0.0.13")];
const folder = path.resolve("roles/cni-bridge");
const tasks = tasksOf(cniBridge, { hosts, vars: { cni: "bridge" } });
const rendered = (name: string, others: readonly PodRoute[] = []): string => {
  const found = tasks.find((task) => task.name === name)?.props as { src: string; values: object };
  const { values } = resolve(found, () => ({ value: others })) as { values: object };
  return renderTemplate(path.join(folder, "templates", found.src), values);
};

describe("the pod network on a host", () => {
  it("gives pods addresses of the host's own subnet, and leaves masquerading to the routes' program", () => {
    const network = JSON.parse(rendered("Write the configuration of the pod network")) as {
      plugins: Record<string, unknown>[];
    };
    expect(network.plugins.map(({ type }) => type)).to.deep.equal(["bridge", "portmap"]);
    expect(network.plugins[0]).to.include({ isGateway: true, ipMasq: false });
    expect(network.plugins[0]?.ipam).to.deep.include({ ranges: [[{ subnet: "10.244.11.0/24" }]] });
  });

  it("is protected from systemd-networkd, and restored by a timer", () => {
    const { props } = taskCalled(tasks, "Configure systemd-networkd to keep the routes");
    expect(props).to.include({ dest: "/etc/systemd/networkd.conf.d/90-kubeplay.conf", src: "networkd.conf" });
    const text = readFileSync(path.join(cniBridge.folder, "files", (props as { src: string }).src), "utf8");
    expect(text).to.contain("[Network]\nManageForeignRoutes=no\n");
    expect(tasks.at(-3)?.props).to.include({ name: "kubeplay-routes.timer", enabled: true, state: "started" });
  });

  it("is set before pods start, and after each start of nftables.service, which empties the packet filter", () => {
    const service = rendered("Write its unit");
    const lines = service.split("\n");
    expect(lines).to.include.members(["Before=kubelet.service", "WantedBy=multi-user.target nftables.service"]);
    expect(lines.find((line) => line.startsWith("After="))).to.contain("nftables.service");
    // Otherwise the timer would find it active forever.
    expect(service).not.to.contain("RemainAfterExit");
  });

  it("sets the kernel parameters that bridges need, and none that every host has anyway", () => {
    expect(namesOf(tasks).filter((name) => name.startsWith("Set net"))).to.deep.equal([
      "Set net.bridge.bridge-nf-call-iptables",
      "Set net.bridge.bridge-nf-call-ip6tables",
    ]);
  });
});

/** Runs the program with `ip` and `nft` of this spec, which log the changes that they are called for. */
describe("the program that sets the routes", () => {
  const bin = temporaryFolder();
  const file = (name: string) => `${bin}/${name}`;
  const rule = "ip saddr 10.244.11.0/24 ip daddr != { 10.244.0.0/16, 224.0.0.0/4 } masquerade";

  function changes(routes: readonly string[], table: string, others: readonly PodRoute[] = []): string[] {
    writeFileSync(file("routes"), routes.map((line) => `${line} dev eth0 \n`).join(""));
    writeFileSync(file("table"), table);
    rmSync(file("log"), { force: true });
    const env = { PATH: `${bin}:${process.env.PATH ?? ""}`, BIN: bin };
    execFileSync("sh", ["-c", rendered("Write the program that sets the routes", others)], { env });
    return existsSync(file("log")) ? readFileSync(file("log"), "utf8").trimEnd().split("\n") : [];
  }

  before(() => {
    const ip = '#!/bin/sh\ncase "$*" in *" show "*) cat "$BIN/routes" ;; *) echo "ip $*" >> "$BIN/log" ;; esac\n';
    const nft = '#!/bin/sh\ncase "$*" in *list*) cat "$BIN/table" ;; *) { echo nft; cat; } >> "$BIN/log" ;; esac\n';
    writeFileSync(file("ip"), ip, { mode: 0o755 });
    writeFileSync(file("nft"), nft, { mode: 0o755 });
  });

  it("changes nothing if everything is set", () => {
    expect(changes(["10.244.12.0/24 via 10.0.0.12", "10.244.13.0/24 via 10.0.0.13"], rule)).to.deep.equal([]);
  });

  it("sets missing and wrong routes, and deletes obsolete ones", () => {
    const now = ["10.244.13.0/24 via 10.0.0.1", "10.244.14.0/24 via 10.0.0.14"];
    expect(changes(now, rule)).to.deep.equal([
      "ip -4 route del 10.244.14.0/24 proto 142",
      "ip -4 route replace 10.244.12.0/24 via 10.0.0.12 proto 142",
      "ip -4 route replace 10.244.13.0/24 via 10.0.0.13 proto 142",
    ]);
    expect(changes([], rule)).to.have.length(2);
  });

  it("restores routes to nodes outside of the inventory, and is read again by the next run", () => {
    const other = { subnet: "10.244.14.0/24", address: "10.0.0.14" };
    const all = ["10.244.12.0/24 via 10.0.0.12", "10.244.13.0/24 via 10.0.0.13"];
    expect(changes(all, rule, [other])).to.deep.equal(["ip -4 route replace 10.244.14.0/24 via 10.0.0.14 proto 142"]);
    const subnets = hosts.map(({ address }, n) => ({ address, subnet: `10.244.${11 + n}.0/24` }));
    expect(formerIn(rendered("Write the program that sets the routes", [other]), subnets)).to.deep.equal([other]);
  });

  it("replaces its own table of the packet filter if its rule is missing", () => {
    const all = ["10.244.12.0/24 via 10.0.0.12", "10.244.13.0/24 via 10.0.0.13"];
    const [first, ...text] = changes(all, "table ip kubeplay-pods {\n}\n");
    expect(first).to.equal("nft");
    expect(text.join("\n")).to.match(
      /^table ip kubeplay-pods\ndelete table ip kubeplay-pods\ntable ip kubeplay-pods \{/,
    );
    expect(text.map((line) => line.trim())).to.include(rule);
  });
});
