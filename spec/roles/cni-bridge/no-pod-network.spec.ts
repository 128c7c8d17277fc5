import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { noPodNetwork } from "#roles/cni-bridge/pod-routes.ts";

const { run, unless } = noPodNetwork().props as { readonly run: string; readonly unless: string };

/** In a network namespace of its own. */
const alone = (script: string): string =>
  execFileSync("unshare", ["--net", "sh", "-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

const prepare = `ip link set lo up
ip link add eth9 type veth peer name eth8 && ip link set eth8 up && ip address add 192.0.2.1/24 dev eth9 && ip link set eth9 up
ip link add cni0 type bridge && ip address add 10.244.1.1/24 dev cni0 && ip link set cni0 up
ip route add 10.244.2.0/24 via 192.0.2.2 proto 142
ip route add 203.0.113.0/24 via 192.0.2.3
`;
const look = `if (${unless}) >/dev/null 2>&1; then echo none; else echo some; fi\n`;

describe("the network of pods on a host that is reset", () => {
  before(function () {
    try {
      alone(`set -e\n${prepare}`);
    } catch {
      this.skip();
    }
  });

  it("goes with its bridge and routes; devices and routes of others stay", () => {
    const out = alone(
      `${look}${prepare}${look}set -e\n${run}\nset +e\n${look}ip -o link show type bridge\nip route show`,
    );
    const [first, second, third, ...routes] = out.trim().split("\n");
    expect([first, second, third]).to.deep.equal(["none", "some", "none"]);
    expect(routes.map((route) => route.split(" ")[0])).to.deep.equal(["192.0.2.0/24", "203.0.113.0/24"]);
  });
});
