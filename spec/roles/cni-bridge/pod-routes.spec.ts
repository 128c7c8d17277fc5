import { expect } from "chai";
import { podRoutes } from "#roles/cni-bridge/pod-routes.ts";
import { asked, subject } from "../../lib/engine/resources/one-resource.ts";

const resource = subject(
  podRoutes("Set the routes", {
    program: "/opt/bin/kubeplay-routes",
    subnet: "10.244.11.0/24",
    podCidr: "10.244.0.0/16",
    routes: [
      { subnet: "10.244.12.0/24", address: "10.0.0.12" },
      { subnet: "10.244.13.0/24", address: "10.0.0.13" },
    ],
  }),
);
const route = (to: string, via: string) => ({ to, via, device: "eth0" });
const routes = [route("10.244.12.0/24", "10.0.0.12"), route("10.244.13.0/24", "10.0.0.13")];
const tableWith = (rule: string) =>
  `table ip kubeplay-pods {\n\tchain postrouting {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n\t\t${rule}\n\t}\n}`;
const table = tableWith("ip saddr 10.244.11.0/24 ip daddr != { 10.244.0.0/16, 224.0.0.0/4 } masquerade");
const whats = (now: object) => resource.diff(now).map(({ what, before, after }) => [what, before, after]);

describe("the routes to the pods of other hosts", () => {
  it("are compared with the kernel's routes", () => {
    expect(asked(resource)).to.deep.equal(["routes 142", "packet filter table ip kubeplay-pods"]);
    expect(resource.diff({ routes, table })).to.deep.equal([]);
  });

  it("differ if they are missing, have another gateway, or are obsolete", () => {
    const now = [route("10.244.13.0/24", "10.0.0.99"), route("10.244.14.0/24", "10.0.0.14")];
    expect(whats({ routes: now, table })).to.deep.equal([
      ["route to 10.244.12.0/24", undefined, "10.0.0.12"],
      ["route to 10.244.13.0/24", "10.0.0.99", "10.0.0.13"],
      ["route to 10.244.14.0/24", "10.0.0.14", undefined],
    ]);
  });

  it("include masquerading for packets that leave the cluster, which differs if it is flushed or changed", () => {
    const rule = "ip saddr 10.244.11.0/24 ip daddr != { 10.244.0.0/16, 224.0.0.0/4 } masquerade";
    expect(whats({ routes, table: undefined })).to.deep.equal([["masquerading", undefined, rule]]);
    for (const other of [rule.replace("masquerade", "accept"), rule.replace("/16", "/15"), rule.replace("!= ", "")])
      expect(whats({ routes, table: tableWith(other) }), other).to.have.length(1);
  });

  it("include masquerading in any order in which a version of nft prints it", () => {
    const rule = "ip daddr != { 224.0.0.0/4, 10.244.0.0/16 } ip saddr 10.244.11.0/24 masquerade";
    expect(resource.diff({ routes, table: tableWith(rule) })).to.deep.equal([]);
  });

  it("are set by the program that the timer runs too", () => {
    const bare = { routes: [], table: undefined };
    expect(resource.steps(bare)).to.deep.equal(["/opt/bin/kubeplay-routes"]);
    expect(resource.diff(resource.forecast(bare))).to.deep.equal([]);
  });
});
