import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { packageCandidate } from "#engine/queries/package-candidate.ts";
import { packageLists } from "#engine/queries/package-lists.ts";
import { aptUpgrades, simulatedUpgrade } from "#engine/queries/apt-upgrades.ts";
import { debFile } from "#engine/queries/deb-file.ts";
import { temporaryFolder } from "../temporary.ts";
import { needs } from "../needs.ts";
import { ask } from "./ask.ts";
import { parse, parseAll } from "./parse.ts";

const policy = `bash:
  Installed: 5.2.15-2+b8
  Candidate: 5.2.15-2+b13
  Version table:
     5.2.15-2+b13 500
 *** 5.2.15-2+b8 100
libc6:i386:
  Installed: (none)
  Candidate: 2.36-9
mail-transport-agent:
  Installed: (none)
  Candidate: (none)
`;

/** Lines of apt 2.6 and 3.0. */
const simulated = `Inst libc6 [2.36-9+deb12u7] (2.36-9+deb12u14 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64])
Inst liblzma-dev [5.4.1-1] (5.4.1-1+deb12u2 Debian-Security:12/oldstable-security [amd64]) []
Inst bash [5.2.15-2+b8] (5.2.15-2+b13 Debian:12.15/oldstable [amd64])
Inst linux-image-7 (7.1-1 Ubuntu:24.04/noble-security [amd64])
Inst not-security [1] (2 Local:1/stable [amd64])
Remv old [1.2] [other:amd64 ]
Conf libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64])
`;

describe("the queries of apt", () => {
  const folder = temporaryFolder();

  it("know the newest version of each package, also of another architecture", () => {
    const names = ["bash", "bash:amd64", "libc6:i386", "mail-transport-agent", "none"] as const;
    expect(parseAll([packageCandidate(names[0]), ...names.slice(1).map(packageCandidate)], policy)).to.deep.equal([
      ...["5.2.15-2+b13", "5.2.15-2+b13", "2.36-9", undefined, undefined],
    ]);
  });

  it("are no answer if apt fails, as for preferences that it cannot read", () => {
    const said = "apt failed\nW: a\nE: Invalid record in the preferences file, no Package header\n";
    expect(() => parse(packageCandidate("bash"), said)).to.throw(
      /newest version: E: Invalid record in the preferences file, no Package header$/,
    );
    expect(() => parse(packageCandidate("bash"), "apt failed\nsh: 1: apt-cache: not found\n")).to.throw("not found");
    mkdirSync(`${folder}/failing`, { recursive: true });
    writeFileSync(`${folder}/failing/apt-cache`, "#!/bin/sh\necho E: no >&2\nexit 100\n", { mode: 0o755 });
    const { of, key } = packageCandidate("bash");
    const env = { PATH: `${folder}/failing:${process.env.PATH ?? ""}` };
    const answer = execFileSync("sh", ["-c", "ask" in of ? of.ask([key]) : ""], { encoding: "utf8", env });
    expect(answer).to.equal("apt failed\nE: no\n");
  });

  it("read what this machine's apt says, and leave no file of it", async function () {
    needs(this, "apt-get", existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/apt-cache"));
    const cached = () =>
      existsSync("/var/cache/apt") ? readdirSync("/var/cache/apt").filter((name) => name.endsWith(".bin")) : [];
    const before = cached();
    const [dpkg] = await ask([packageCandidate("dpkg")]);
    expect(dpkg).to.match(/^\d/);
    await ask([aptUpgrades("safe")]);
    expect(cached()).to.deep.equal(before);
  });

  /** A simulation by an apt-get that prints these lines. */
  const upgrades = (scope: "safe" | "full" | "security", code = 0) => {
    mkdirSync(`${folder}/bin`, { recursive: true });
    writeFileSync(`${folder}/said`, code === 0 ? simulated : "Reading package lists...\nE: Unmet dependencies.\n");
    writeFileSync(
      `${folder}/bin/apt-get`,
      `#!/bin/sh\ncd "$(dirname "$0")/.."\necho "$@" >> args\ncat said\nexit ${String(code)}\n`,
      { mode: 0o755 },
    );
    const env = { PATH: `${folder}/bin:${process.env.PATH ?? ""}` };
    const { of, key } = aptUpgrades(scope);
    const script = "ask" in of ? of.ask([key]) : "";
    return parse(aptUpgrades(scope), execFileSync("sh", ["-c", script], { encoding: "utf8", env }));
  };

  it("know what an upgrade would change, install and remove", () => {
    expect(upgrades("full")).to.deep.equal([
      { name: "libc6", from: "2.36-9+deb12u7", to: "2.36-9+deb12u14" },
      { name: "liblzma-dev", from: "5.4.1-1", to: "5.4.1-1+deb12u2" },
      { name: "bash", from: "5.2.15-2+b8", to: "5.2.15-2+b13" },
      { name: "linux-image-7", to: "7.1-1" },
      { name: "not-security", from: "1", to: "2" },
      { name: "old", from: "1.2" },
    ]);
    expect(execFileSync("tail", ["-n", "1", `${folder}/args`], { encoding: "utf8" })).to.include(
      "--simulate dist-upgrade",
    );
  });

  it("know which of them are security updates, of Debian and of Ubuntu", () => {
    expect(upgrades("security")?.map(({ name }) => name)).to.deep.equal(["libc6", "liblzma-dev", "linux-image-7"]);
  });

  it("are no answer if apt cannot tell", () => {
    expect(() => upgrades("safe", 100)).to.throw("apt cannot tell what it would upgrade: E: Unmet dependencies.");
    expect(simulatedUpgrade("safe")).to.include("--with-new-pkgs");
    expect(() => parse(aptUpgrades("safe"), "Inst what is this\nexit code 0\n")).to.throw(
      'unexpected "Inst what is this"',
    );
  });

  it("know for each age whether lists are fresh", () => {
    expect(parseAll([packageLists(1440), packageLists(1)], "yes\nno\n")).to.deep.equal([
      { fresh: true },
      { fresh: false },
    ]);
  });

  it("read a package in a file, and what is installed of it", async function () {
    needs(this, "dpkg-deb", existsSync("/usr/bin/dpkg-deb"));
    const build = (name: string, version: string) => {
      mkdirSync(`${folder}/${name}/DEBIAN`, { recursive: true });
      const fields = { Package: name, Version: version, Architecture: "all", Maintainer: "a <a@b>", Description: "a" };
      const text = Object.entries(fields).map(([field, value]) => `${field}: ${value}\n`);
      writeFileSync(`${folder}/${name}/DEBIAN/control`, text.join(""));
      execFileSync("dpkg-deb", ["--build", "--root-owner-group", `${folder}/${name}`, `${folder}/${name}'s.deb`]);
      return debFile(`${folder}/${name}'s.deb`);
    };
    writeFileSync(`${folder}/text.deb`, "no package");
    const files = [build("kubeplay-specs", "1:2"), debFile(`${folder}/none.deb`), build("adduser", "0.1")];
    const [own, none, adduser] = await ask(files);
    expect(own).to.deep.equal({ name: "kubeplay-specs", version: "1:2" });
    expect(none).to.equal(undefined);
    expect(adduser).to.have.property("installed").that.matches(/^3/);
    expect(await ask([debFile(`${folder}/text.deb`)]).then(() => "", String)).to.include("is not a Debian package");
  });
});
