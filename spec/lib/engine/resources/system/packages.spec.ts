import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { packages } from "#engine/resources/index.ts";
import { temporaryFolder } from "../../temporary.ts";
import { asked, subject } from "../one-resource.ts";

const shellOf = (step: unknown): string =>
  typeof step === "object" && step !== null && "sh" in step ? String(step.sh) : "";

/** Without what is about the machine that it runs on. */
const afterPrelude = (script: string): string =>
  script.slice(script.indexOf("lock_end="), script.indexOf("command -v apt-get")) +
  script.slice(script.indexOf("update() {"));

describe("the resource packages", () => {
  const two = subject(packages("Install them", { names: ["nginx-light", "g++"] }));
  const folder = temporaryFolder();
  const one = { "nginx-light": { installed: true, version: "1" }, "g++": { installed: false } };

  it("asks for all of them at once and tells which are missing", () => {
    expect(asked(two)).to.deep.equal(["package nginx-light", "package g++"]);
    expect(two.diff(one)).to.deep.equal([{ what: "g++", before: "absent", after: "installed" }]);
    expect(two.diff(two.forecast(one))).to.deep.equal([]);
    expect(two.effects).to.deep.equal({ everything: "asked anew" });
  });

  it("installs the missing ones by one apt-get, in a script that a shell can read", () => {
    const [step] = two.steps(one);
    expect(step).to.deep.include({ timeout: 3600 });
    const script = shellOf(step);
    expect(script).to.contain("--no-install-recommends").and.not.to.contain("nginx-light");
    for (const part of ["DPkg::Lock::Timeout=900", "policy-rc.d", "exit 101", "apt-get update", "dpkg --configure -a"])
      expect(script).to.contain(part);
    execFileSync("sh", ["-n"], { input: script });
    // The same once more for the script within the script.
    const inner = execFileSync("sh", ["-c", `sh() { printf %s "$2"; }; ${script}`], { encoding: "utf8" });
    execFileSync("sh", ["-n"], { input: inner });
    expect(inner).to.contain("minutes=1440").and.to.contain("'g++'");
  });

  it("lets no package go for it: the error names the one that would have had to", () => {
    const [step] = two.steps(one);
    const inner = execFileSync("sh", ["-c", `sh() { printf %s "$2"; }; ${shellOf(step)}`], { encoding: "utf8" });
    const aptGet = `#!/bin/sh
case "$*" in
  *--simulate*) printf 'Remv chrony [4.6]\\nRemv ntpsec [1.2]\\nInst g++ (1)\\n' ;;
  *--no-remove*) echo "E: Packages need to be removed but remove is disabled." >&2; exit 100 ;;
esac
`;
    writeFileSync(`${folder}/apt-get`, aptGet, { mode: 0o755 });
    const script = `state=.\n${afterPrelude(inner)}`;
    const env = { PATH: `${folder}:${process.env.PATH ?? ""}` };
    const { status, stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8", env, cwd: folder });
    expect(status).to.equal(1);
    expect(stderr).to.match(
      /remove is disabled\.\napt would have to remove chrony ntpsec to install g\+\+, and kubeplay removes nothing/,
    );
  });

  it("says of a source that did not answer, where a package is not found then", () => {
    const inner = execFileSync("sh", ["-c", `sh() { printf %s "$2"; }; ${shellOf(two.steps(one)[0])}`], {
      encoding: "utf8",
    });
    const aptGet = `#!/bin/sh
case "$*" in
  *update*) echo "W: Failed to fetch http://deb.example/InRelease  407  Proxy Authentication Required" >&2 ;;
  *) echo "E: Unable to locate package g++" >&2; exit 100 ;;
esac
`;
    writeFileSync(`${folder}/apt-get`, aptGet, { mode: 0o755 });
    const script = `state=.\nfresh() { false; }\n${afterPrelude(inner).replace("fresh() {", "unused() {")}`;
    const env = { PATH: `${folder}:${process.env.PATH ?? ""}` };
    const { status, stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8", env, cwd: folder });
    expect(status).to.equal(1);
    expect(stderr).to.include(
      "Unable to locate package g++\napt-get update said before:\nW: Failed to fetch http://deb",
    );
    expect(stderr).to.include("407  Proxy Authentication Required");
  });

  it("waits for each of apt's locks while unattended-upgrades holds it", () => {
    const inner = execFileSync("sh", ["-c", `sh() { printf %s "$2"; }; ${shellOf(two.steps(one)[0])}`], {
      encoding: "utf8",
    });
    // The lists are locked at the first try, the archives at the second.
    const aptGet = `#!/bin/sh
echo "$*" >> asked
case "$(wc -l < asked) $*" in
  "1 "*update*) echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (unattended-upgr)" >&2; exit 100 ;;
  "3 "*) echo "E: Could not get lock /var/cache/apt/archives/lock. E: Unable to lock the download directory" >&2; exit 100 ;;
esac
`;
    writeFileSync(`${folder}/apt-get`, aptGet, { mode: 0o755 });
    writeFileSync(`${folder}/sleep`, "#!/bin/sh\n", { mode: 0o755 });
    const script = `state=.\nfresh() { false; }\n${afterPrelude(inner).replace("fresh() {", "unused() {")}`;
    const env = { PATH: `${folder}:${process.env.PATH ?? ""}` };
    const { status, stdout, stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8", env, cwd: folder });
    expect(status, stderr).to.equal(0);
    expect(stdout.match(/^waits for another apt: E: Could not get lock/gm)).to.have.length(2);
    expect(stdout).to.contain("unattended-upgr");
  });

  it("says that /usr cannot be written to, before anything is begun", () => {
    const inner = execFileSync("sh", ["-c", `sh() { printf %s "$2"; }; ${shellOf(two.steps(one)[0])}`], {
      encoding: "utf8",
    });
    // No programs but these, and find says what it says of a folder on a file system that is read-only.
    writeFileSync(`${folder}/find`, "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(`${folder}/apt-get`, "#!/bin/sh\necho began >&2\n", { mode: 0o755 });
    const { status, stderr } = spawnSync("/bin/sh", ["-c", inner], { encoding: "utf8", env: { PATH: folder } });
    expect(status).to.equal(1);
    expect(stderr)
      .to.include("below /usr, which cannot be written to here. Is it mounted read-only?")
      .and.not.include("began");
  });

  it("removes them", () => {
    const gone = subject(packages("Remove it", { names: ["nginx-light"], state: "absent" }));
    expect(gone.diff(one)).to.deep.equal([{ what: "nginx-light", before: "installed", after: "absent" }]);
    expect(shellOf(gone.steps(one)[0])).to.contain("remove -- ");
    expect(gone.diff({ "nginx-light": { installed: false } })).to.deep.equal([]);
  });

  it("takes no name that apt would read as something else", () => {
    for (const name of ["nginx-", "a b", "--yes", "a=1", "A", ""])
      expect(() => subject(packages("x", { names: [name] })), name).to.throw(
        `"${name}" is not the name of a Debian package`,
      );
  });
});
