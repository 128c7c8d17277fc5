import { expect } from "chai";
import { parameterOf, sysctlSettings } from "#engine/queries/sysctl-settings.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

const answer = (files: Readonly<Record<string, string>>): string =>
  `${Object.keys(files)
    .map((file) => `${file}\0`)
    .join("")}\n${Object.entries(files)
    .flatMap(([file, text]) => text.split("\n").map((line) => (line === "" ? "" : `${file}\0${line}\n`)))
    .join("")}`;

describe("the query sysctl settings", () => {
  const name = "net.ipv4.ip_forward";
  const of = (files: Readonly<Record<string, string>>) =>
    parse(sysctlSettings(name), answer(files))?.map(({ file, value }) => `${file} ${value}`);

  it("returns the lines for a parameter in the order in which they are read at boot", () => {
    const found = of({
      "/etc/sysctl.d/99-b.conf": "net.ipv4.ip_forward = 0\nnet/ipv4/ip_forward=1\nvm.swappiness = 1",
      "/etc/sysctl.d/*.conf": "",
      "/run/sysctl.d/50-a.conf": "-net.ipv4.ip_forward =  2",
      "/usr/lib/sysctl.d/90-c.conf": "net.ipv4.conf.*.forwarding = 0\nnet.ipv4.conf.all.forwarding = 3",
    });
    expect(found).to.deep.equal([
      "/run/sysctl.d/50-a.conf 2",
      "/usr/lib/sysctl.d/90-c.conf 3",
      "/etc/sysctl.d/99-b.conf 0",
      "/etc/sysctl.d/99-b.conf 1",
    ]);
  });

  it("leaves out files that one of the same name hides, even an empty one", () => {
    const files = { "/etc/sysctl.d/a.conf": "", "/usr/lib/sysctl.d/a.conf": `${name} = 0` };
    expect(of(files)).to.deep.equal([]);
  });

  it("asks the files of this machine", async () => {
    const [none] = await ask([sysctlSettings("no.such.parameter")]);
    expect(none).to.deep.equal([]);
  });

  it("finds the parameter of a line, however it is written", () => {
    const file = "/proc/sys/net/ipv4/conf/eth0.1/rp_filter";
    for (const line of ["net.ipv4.conf.eth0/1.rp_filter=1", " -net/ipv4/conf/eth0.1/rp_filter = 1"])
      expect(parameterOf(line), line).to.equal(file);
    for (const line of ["# a.b = 1", "; a.b = 1", "a.b", "= 1", "net.ipv4.conf.[ab].x = 1"])
      expect(parameterOf(line), line).to.equal(undefined);
  });
});
