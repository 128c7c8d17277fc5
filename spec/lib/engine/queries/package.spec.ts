import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect } from "chai";
import { packageNamed } from "#engine/queries/package.ts";
import { ask } from "./ask.ts";
import { parse } from "./parse.ts";
import { needs } from "../needs.ts";

describe("the query package", () => {
  before(function () {
    needs(this, "dpkg-query", existsSync("/usr/bin/dpkg-query"));
  });

  it("returns the versions of installed packages, also by name and architecture", async () => {
    const architecture = execFileSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).trim();
    const asked = ["dpkg", `dpkg:${architecture}`, "dpkg:s390x", "no-such-package"];
    const [dpkg, exact, foreign, none] = await ask(asked.map(packageNamed));
    expect(dpkg).to.have.property("version").that.matches(/^\d/);
    expect(exact).to.deep.equal(dpkg);
    const [any, native, all] = await ask(["dpkg:any", "dpkg:native", "base-files:all"].map(packageNamed));
    expect([any, native]).to.deep.equal([dpkg, dpkg]);
    expect(all).to.have.property("installed", true);
    expect([foreign, none]).to.deep.equal([{ installed: false }, { installed: false }]);
  });

  it("takes a package for all architectures as one of the host's own, and a foreign one only by its name", () => {
    const answer = ["1\tdpkg\tamd64", "2\tadduser\tall", "3\tlibc6\ti386", "4\tzlib\tamd64"]
      .map((row) => `installed\t${row}\tinstall\n`)
      .join("");
    const versions = (names: readonly string[]) => names.map((name) => parse(packageNamed(name), answer)?.version);
    expect(versions(["adduser", "adduser:amd64", "adduser:all", "adduser:any", "adduser:native"])).to.deep.equal(
      Array(5).fill("2"),
    );
    expect(versions(["adduser:i386", "libc6", "libc6:amd64", "zlib:i386"])).to.deep.equal(Array(4).fill(undefined));
    expect(versions(["libc6:i386", "libc6:any", "zlib"])).to.deep.equal(["3", "3", "4"]);
  });

  it("is of any architecture if the host does not tell its own", () => {
    for (const architecture of ["amd64", "all"])
      expect(parse(packageNamed("a"), `installed\t1\ta\t${architecture}\tinstall\n`)).to.have.property(
        "installed",
        true,
      );
  });

  it("counts a package as absent if it is unpacked, half-configured, or only its configuration is left", () => {
    for (const status of ["config-files", "half-configured", "unpacked"])
      expect(parse(packageNamed("a"), `${status}\t1\ta\tamd64\tinstall\n`)).to.deep.equal({ installed: false });
  });

  it("knows whether it is held", () => {
    const held = (want: string) => parse(packageNamed("a"), `installed\t1\ta\tamd64\t${want}\n`)?.held;
    expect([held("hold"), held("install"), held("unknown")]).to.deep.equal([true, undefined, undefined]);
  });
});
