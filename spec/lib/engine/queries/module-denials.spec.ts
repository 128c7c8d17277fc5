import { expect } from "chai";
import { deniedBy, moduleDenials } from "#engine/queries/module-denials.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

describe("the query module denials", () => {
  it("finds the module that a line denies, however it is written", () => {
    for (const line of [
      "blacklist ip-vs",
      "  blacklist\tip_vs  ",
      "install ip_vs /bin/true",
      "install ip_vs /usr/bin/false",
      "install ip-vs false # not used",
      "install ip_vs :",
    ])
      expect(deniedBy(line), line).to.equal("ip_vs");
    for (const line of [
      "# blacklist ip_vs",
      "install ip_vs /sbin/modprobe --ignore-install ip_vs && true",
      "options ip_vs conn_tab_bits=12",
      "install ip_vs /usr/local/bin/true-enough",
      "install ip_vs /bin/true && /sbin/modprobe --ignore-install ip_vs",
      "install ip_vs /bin/false || /sbin/modprobe --ignore-install ip_vs",
      "install ip_vs /bin/true; /sbin/modprobe --ignore-install ip_vs",
      "blacklist",
    ])
      expect(deniedBy(line), line).to.equal(undefined);
  });

  it("returns the lines of files that are read", () => {
    const file = "/etc/modprobe.d/a.conf";
    const hidden = "/usr/lib/modprobe.d/a.conf";
    const answer = `${file}\0/run/modprobe.d/*.conf\0${hidden}\0\n${file}\0blacklist ip-vs\n${file}\0blacklist x\n${hidden}\0blacklist ip_vs\n`;
    expect(parse(moduleDenials("ip-vs"), answer)).to.deep.equal([{ file, line: "blacklist ip-vs" }]);
  });

  it("asks the files of this machine", async () => {
    expect(await ask([moduleDenials("no_such_module")])).to.deep.equal([[]]);
  });
});
