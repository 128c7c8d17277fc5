import { readdirSync } from "node:fs";
import { expect } from "chai";
import { kernelModule } from "#engine/queries/kernel-module.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";

describe("the query kernel module", () => {
  it("distinguishes this kernel's modules from unknown ones", async () => {
    const present = readdirSync("/sys/module").find((name) => /^[a-z_]+$/.test(name)) ?? "";
    const [found, none] = await ask([kernelModule(present), kernelModule("no_such_module")]);
    expect(found?.loaded === true || found?.builtIn === true).to.be.true;
    expect(none).to.deep.equal({ loaded: false, builtIn: false, available: false });
  });

  it("distinguishes loaded, built-in and available modules, whether written with - or _", () => {
    const answer = [
      "sys:br_netfilter",
      "sys:overlay",
      "/proc/modules:br_netfilter ",
      "/lib/modules/6.12.0/modules.builtin:/ip-set.ko",
      "/lib/modules/6.12.0/modules.dep:/br_netfilter.ko.xz:",
      "/lib/modules/6.12.0/modules.dep:/ip_vs.ko:",
    ].join("\n");
    const [loaded, builtIn, available] = [true, true, true];
    expect(parse(kernelModule("br-netfilter"), answer)).to.deep.equal({ loaded, builtIn: false, available });
    expect(parse(kernelModule("overlay"), answer)).to.deep.equal({ loaded: false, builtIn, available: false });
    expect(parse(kernelModule("ip_set"), answer)).to.deep.equal({ loaded: false, builtIn, available: false });
    expect(parse(kernelModule("ip_vs"), answer)).to.deep.equal({ loaded: false, builtIn: false, available });
  });

  it("rejects names that a pattern or a shell could misread", () => {
    expect(() => kernelModule("a|b")).to.throw('"a|b" is not the name of a kernel module');
  });
});
