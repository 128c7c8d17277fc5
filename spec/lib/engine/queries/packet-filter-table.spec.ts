import { expect } from "chai";
import { packetFilterTable } from "#engine/queries/packet-filter-table.ts";
import { ask } from "./ask.ts";

describe("the query packet filter table", () => {
  it("returns the text of each table, and undefined for a missing one", () => {
    const { of } = packetFilterTable("ip a");
    if (!("parse" in of)) throw new Error("asked of a host");
    const text = 'table ip a {\n\tchain c {\n\t\tcomment "@@ 1"\n\t}\n}';
    const answers = of.parse(`${Buffer.from(`${text}\n`).toString("base64")}\n\n`, ["ip a", "ip b"]);
    expect([...answers]).to.deep.equal([
      ["ip a", text],
      ["ip b", undefined],
    ]);
  });

  it("names protocols, also those of a host that has no names of them", () => {
    const { of } = packetFilterTable("ip a");
    if (!("parse" in of)) throw new Error("asked of a host");
    const rule = (icmp: string, icmpv6: string): string =>
      `\t\tmeta l4proto ${icmp} accept\n\t\tmeta l4proto ${icmpv6} accept\n\t\ttcp dport 58 accept`;
    for (const [icmp, icmpv6] of [
      ["1", "58"],
      ["icmp", "ipv6-icmp"],
    ] as const) {
      const answers = of.parse(`${Buffer.from(`t\n${rule(icmp, icmpv6)}`).toString("base64")}\n`, ["ip a"]);
      expect(answers.get("ip a")).to.equal(`t\n${rule("icmp", "icmpv6")}`);
    }
  });

  it("asks this machine, whether it has nft or not", async () => {
    const asked = ["ip no-such-table", "inet none-either"].map(packetFilterTable);
    expect(await ask(asked)).to.deep.equal([undefined, undefined]);
  });

  it("rejects names that a shell would read as more than a name", () => {
    for (const name of ["filter", "ip a; rm", "ip $(x)", "ip6", "ip a b"])
      expect(() => packetFilterTable(name), name).to.throw("is not a table of nftables");
  });
});
