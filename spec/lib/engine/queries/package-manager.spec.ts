import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { packageCandidate } from "#engine/queries/package-candidate.ts";
import { packageLists } from "#engine/queries/package-lists.ts";
import { packageNamed } from "#engine/queries/package.ts";
import { quote } from "#engine/shell/quote.ts";
import type { Query } from "#engine/queries/define.ts";
import { temporaryFolder } from "../temporary.ts";
import { parse, parseAll } from "./parse.ts";

/**
 * What a host answers whose programs print this. dnf, zypper and pacman printed it on Debian 13; apk's output is
 * written by its source, for lack of an apk.
 */
const printed: Readonly<Record<string, readonly [distribution: string, programs: Readonly<Record<string, string>>]>> = {
  dnf: [
    "ID=rocky\nID_LIKE='rhel centos fedora'",
    {
      rpm: "installed\t1-1\tkp-tool\tnoarch\tinstall\ninstalled\t9-1\tkernel\tx86_64\tinstall\ninstalled\t10-1\tkernel\tx86_64\tinstall\npackage none is not installed",
      dnf: "Failed loading plugin: no such module\nkp-tool 2-1\n",
    },
  ],
  zypper: [
    "ID=opensuse-leap\nID_LIKE='suse opensuse'",
    {
      rpm: "installed\t1-1\tkp-tool\tnoarch\tinstall",
      zypper:
        "S  | Repository | Name    | Current Version | Available Version | Arch\n---+------------+---------+-----------------+-------------------+-------\nv  | kp         | kp-tool | 1-1             | 2-1               | noarch",
    },
  ],
  apk: [
    "ID=alpine",
    {
      apk: "kp-tool-1-r1 x86_64 {kp-tool} (MIT) [installed]\nkp-tool-2-r0 x86_64 {kp-tool} (MIT) [upgradable from: kp-tool-1-r1]",
    },
  ],
  pacman: [
    "ID=manjaro\nID_LIKE=arch",
    { pacman: "kp-tool 1-1\nkp-tool 1-1 -> 2-1 [ignored]", "pacman-conf": "kp-tool" },
  ],
};

describe("the queries of packages beside apt", () => {
  const folder = temporaryFolder();

  function answerOf({ of, key }: Query<unknown>, name: string): string {
    const [distribution = "", programs = {}] = printed[name] ?? [];
    const bin = `${folder}/${name}`;
    mkdirSync(bin, { recursive: true });
    writeFileSync(`${bin}/os-release`, `${distribution}\n`);
    for (const [program, text] of Object.entries(programs)) {
      writeFileSync(`${bin}/${program}.txt`, `${text}\n`);
      writeFileSync(`${bin}/${program}`, `#!/bin/sh\nexec cat ${quote(`${bin}/${program}.txt`)}\n`, { mode: 0o755 });
    }
    const script = ("ask" in of ? of.ask([key]) : "").replaceAll("/etc/os-release", quote(`${bin}/os-release`));
    return execFileSync("sh", ["-c", script], {
      encoding: "utf8",
      env: { PATH: `${bin}:${process.env.PATH ?? ""}` },
    });
  }

  for (const name of Object.keys(printed))
    it(`${name}: know what is installed, and the newer version${name === "apk" ? " (written by its source: apk was not run)" : ""}`, () => {
      const state = parse(packageNamed("kp-tool"), answerOf(packageNamed("kp-tool"), name));
      expect(state).to.deep.include({ installed: true, manager: name });
      expect(state?.version).to.match(/^1-r?1$/);
      expect(state?.held).to.equal(name === "pacman" ? true : undefined);
      expect(parse(packageNamed("none"), answerOf(packageNamed("none"), name))).to.deep.equal({
        installed: false,
        manager: name,
      });
      expect(parse(packageCandidate("kp-tool"), answerOf(packageCandidate("kp-tool"), name))).to.match(/^2-(1|r0)$/);
      expect(parse(packageLists(60), answerOf(packageLists(60), name))).to.deep.equal({ fresh: false });
    });

  it("take the newest of several versions that are installed", () => {
    expect(parse(packageNamed("kernel"), answerOf(packageNamed("kernel"), "dnf"))).to.have.property("version", "10-1");
  });

  it("read holds beside the packages, and believe in no other package manager", () => {
    const rows = (manager: string) =>
      `manager\t-\t${manager}\t-\t-\ninstalled\t1\ta\tx86_64\tinstall\nheld\t-\ta\t-\thold\nheld\t-\tb\t-\thold\n`;
    expect(parseAll([packageNamed("a"), packageNamed("b")], rows("dnf"))).to.deep.equal([
      { installed: true, version: "1", held: true, manager: "dnf" },
      { installed: false, manager: "dnf" },
    ]);
    expect(() => parse(packageNamed("a"), rows("rm"))).to.throw('unexpected "rm"');
  });

  it("are no answer if the package manager fails", () => {
    expect(() =>
      parse(packageCandidate("a"), "dnf failed\nError: Cache-only enabled but no cache for 'kp'\n"),
    ).to.throw("dnf cannot tell the newest version: Error: Cache-only");
  });
});
