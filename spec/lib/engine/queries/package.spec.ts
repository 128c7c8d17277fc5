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
    expect([foreign, none]).to.deep.equal([{ installed: false }, { installed: false }]);
  });

  it("counts a package as absent if it is unpacked, half-configured, or only its configuration is left", () => {
    for (const status of ["config-files", "half-configured", "unpacked"])
      expect(parse(packageNamed("a"), `${status}\t1\ta\tamd64\n`)).to.deep.equal({ installed: false });
  });
});
