import { readFileSync } from "node:fs";
import { expect } from "chai";
import { isStoredAs, normalizeSysctl, storedSysctl, sysctl, sysctlFile } from "#engine/queries/sysctl.ts";
import { ask } from "./ask.ts";

describe("the query sysctl", () => {
  it("returns values with single spaces, and undefined for an unknown parameter", async () => {
    const [type, ports, none] = await ask(
      ["kernel.ostype", "net.ipv4.ip_local_port_range", "kernel.no_such_thing"].map(sysctl),
    );
    expect(type).to.equal("Linux");
    expect(ports).to.equal(normalizeSysctl(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8")));
    expect(none).to.equal(undefined);
  });

  it("knows how the kernel stores values", () => {
    for (const [written, live, stored] of [
      ["0x10", "1", "16"],
      ["010", "1", "8"],
      ["-1", "0", "-1"],
      ["4", "7 4 1 7", "4 4 1 7"],
      ["1 2", "3 4", "1 2"],
      ["18446744073709551615", "1", "18446744073709551615"],
      ["8080,9148,1-3,4", "", "1-4,8080,9148"],
      ["7,5-9", "1", "5-9"],
      ["bbr", "cubic", "bbr"],
      ["|/bin/dump %p", "core", "|/bin/dump %p"],
      ["089", "1", "089"],
      ["", "1-3", ""],
    ] as const) {
      expect(storedSysctl(written, live), written).to.equal(stored);
      expect(isStoredAs(written, stored), written).to.be.true;
      expect(isStoredAs(written, live), written).to.be.false;
    }
  });

  it("accepts both ways to write a name", () => {
    expect(sysctlFile("net.ipv4.ip_forward")).to.equal("/proc/sys/net/ipv4/ip_forward");
    expect(sysctlFile("net/ipv4/conf/eth0.100/forwarding")).to.equal("/proc/sys/net/ipv4/conf/eth0.100/forwarding");
    expect(sysctlFile("net.ipv4.conf.eth0/100.forwarding")).to.equal("/proc/sys/net/ipv4/conf/eth0.100/forwarding");
    for (const name of ["", "a", "net..x", "../etc/passwd", "net.ipv4.$(id)"])
      expect(() => sysctlFile(name), name).to.throw("is not the name of a kernel parameter");
  });
});
