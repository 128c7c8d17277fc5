import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { noChains } from "#cluster/undo/chains.ts";
import { subject } from "../../engine/resources/one-resource.ts";

const task = subject(noChains("Remove them", ["KUBE-", "CNI-"]));
const [step] = task.rawSteps({ holds: false }) as readonly { readonly sh: string }[];

/** Runs a script in a network namespace of its own, with the machine's real iptables. */
const alone = (script: string): string =>
  execFileSync("unshare", ["--net", "sh", "-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const rules = `set -e
iptables -t nat -N KUBE-SERVICES; iptables -t nat -N CNI-HOSTPORT-DNAT; iptables -t nat -N OURS; iptables -N KUBE-FIREWALL
iptables -t nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
iptables -t nat -A KUBE-SERVICES -d 10.96.0.1/32 -j CNI-HOSTPORT-DNAT
iptables -t nat -A OURS -p tcp -j KUBE-SERVICES
iptables -t nat -A OURS -m comment --comment "-j KUBE-SERVICES, says the admin" -j RETURN
iptables -A INPUT -j KUBE-FIREWALL
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
`;

/** Rules and chains, without counters. */
const left = `iptables-save | grep -E '^(-A|:[A-Z]+ -)' || :\n`;

describe("chains of iptables that are removed", () => {
  before(function () {
    try {
      alone("iptables-save");
    } catch {
      this.skip();
    }
  });

  it("go with the rules that lead to them; those of others stay", () => {
    const lines = alone(`${rules}(${step!.sh}\n)\n${left}`).trim().split("\n").sort();
    expect(lines).to.deep.equal([
      "-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",
      '-A OURS -m comment --comment "-j KUBE-SERVICES, says the admin" -j RETURN',
      ":OURS - [0:0]",
    ]);
  });

  it("are a change only if there are any", () => {
    const unless = Object.values(task.needs)[0]!.key;
    const holds = `if (${unless}); then echo none; else echo some; fi\n`;
    expect(alone(`${holds}${rules}${holds}(${step!.sh}\n)\n${holds}`)).to.equal("none\nsome\nnone\n");
  });
});
