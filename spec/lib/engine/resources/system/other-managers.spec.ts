import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { packages, type PackagesProps } from "kubeplay";
import { packageManagers } from "#engine/shell/package-managers/index.ts";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../../temporary.ts";
import { subject } from "../one-resource.ts";

const shellOf = (step: unknown): string =>
  typeof step === "object" && step !== null && "sh" in step ? String(step.sh) : "";

describe("packages on hosts without apt", () => {
  const folder = temporaryFolder();
  const task = (p: Partial<PackagesProps> = {}) => subject(packages("x", { names: ["curl"], ...p }));
  const now = (manager: string, version?: string, held = false) => ({
    "package curl": {
      installed: version !== undefined,
      ...(version !== undefined && { version }),
      ...(held && { held: true as const }),
      manager,
    },
  });

  /** What the package manager is asked to do. Programs of the host are not run. */
  function asked(manager: string, step: unknown): string[] {
    mkdirSync(folder, { recursive: true });
    const log = `${folder}/log`;
    writeFileSync(log, "");
    for (const program of [...packageManagers.map(({ name }) => name), "pacman-conf", "mkdir", "touch", "sed", "find"])
      writeFileSync(`${folder}/${program}`, `#!/bin/sh\n[ ${program} != ${manager} ] || echo "$*" >> ${quote(log)}\n`, {
        mode: 0o755,
      });
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const { status, stderr } = spawnSync("sh", ["-c", shellOf(step)], { encoding: "utf8", env });
    expect(status, stderr).to.equal(0);
    return readFileSync(log, "utf8").trim().split("\n");
  }

  for (const { name } of packageManagers)
    it(`asks ${name} to install and to remove, by a fake of it`, () => {
      const [install] = task().steps(now(name));
      execFileSync("sh", ["-n"], { input: shellOf(install) });
      expect(asked(name, install).at(-1)).to.match(/(install|add|--sync).* curl$/);
      const [remove] = task({ state: "absent" }).steps(now(name, "1"));
      expect(asked(name, remove)).to.have.length(1);
      expect(asked(name, remove)[0]).to.match(/(remove|del).* curl$/);
      expect(task().diff(task().forecast(now(name)))).to.deep.equal([]);
      expect(task().forecast(now(name))).to.deep.include({ "package curl": { installed: true, manager: name } });
    });

  it("releases a package for a new version, and holds it again", () => {
    const [step] = task({ names: ["curl=2"], hold: true }).steps(now("zypper", "1", true));
    expect(asked("zypper", step).map((line) => line.replaceAll(/--\S+ /g, ""))).to.deep.equal([
      "removelock curl",
      "refresh --force",
      "install curl=2",
      "addlock curl",
    ]);
  });

  it("names versions and architectures as the package manager does", () => {
    const names = ["curl:i686=8.*"];
    const state = { "package curl:i686": { installed: false, manager: "dnf" } };
    expect(asked("dnf", task({ names }).steps(state)[0]).at(-1)).to.match(/ install curl-8\.\*\.i686$/);
  });

  it("refuses in a check what the package manager cannot do", () => {
    expect(() => task({ hold: true }).diff(now("apk", "1"))).to.throw("apk has no holds: leave hold out");
    for (const [manager, names, problem] of [
      ["apk", ["curl=1*"], "apk knows no asterisk in versions"],
      ["apk", ["curl:x86"], "the host's own architecture only"],
      ["zypper", ["curl=1*"], "zypper knows no asterisk in versions"],
      ["pacman", ["curl=1"], "pacman installs only the newest version"],
      ["pacman", ["curl:x86"], "the host's own architecture only"],
      ["dnf", ["curl", "/a.deb"], "this host has dnf: expected a name"],
    ] as const) {
      const [first = ""] = names;
      const key = `package ${first.split("=")[0] ?? ""}`;
      expect(() => task({ names }).diff({ [key]: { installed: false, manager } }), problem).to.throw(problem);
    }
  });
});
