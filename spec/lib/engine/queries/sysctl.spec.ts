import { readFileSync } from "node:fs";
import { expect } from "chai";
import { normalizeSysctl, sysctl, sysctlFile } from "#engine/queries/sysctl.ts";
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

  it("accepts both ways to write a name", () => {
    expect(sysctlFile("net.ipv4.ip_forward")).to.equal("/proc/sys/net/ipv4/ip_forward");
    expect(sysctlFile("net/ipv4/conf/eth0.100/forwarding")).to.equal("/proc/sys/net/ipv4/conf/eth0.100/forwarding");
    expect(sysctlFile("net.ipv4.conf.eth0/100.forwarding")).to.equal("/proc/sys/net/ipv4/conf/eth0.100/forwarding");
    for (const name of ["", "a", "net..x", "../etc/passwd", "net.ipv4.$(id)"])
      expect(() => sysctlFile(name), name).to.throw("is not the name of a kernel parameter");
  });
});
