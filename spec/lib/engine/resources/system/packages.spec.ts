import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { packages } from "kubeplay";
import { temporaryFolder } from "../../temporary.ts";
import { asked, subject } from "../one-resource.ts";

const shellOf = (step: unknown): string =>
  typeof step === "object" && step !== null && "sh" in step ? String(step.sh) : "";

/** The script without the parts that depend on the machine that it runs on. */
const afterPrelude = (script: string): string =>
  script.slice(script.indexOf("lock_patience="), script.indexOf("command -v apt-get")) +
  script.slice(script.indexOf("update() {"));

const args = ["kubeplay-install", "install", "1440", "g++"];

describe("the resource packages", () => {
  const two = subject(packages("Install them", { names: ["nginx-light", "g++"] }));
  const folder = temporaryFolder();
  const one = { "package nginx-light": { installed: true, version: "1" }, "package g++": { installed: false } };

  it("asks for all packages at once and reports the missing ones", () => {
    expect(asked(two)).to.deep.equal(["package nginx-light", "package g++"]);
    expect(two.diff(one)).to.deep.equal([{ what: "g++", before: "absent", after: "installed" }]);
    expect(two.diff(two.forecast(one))).to.deep.equal([]);
    expect(two.effects).to.deep.equal({ everything: "asked anew", "every path": "asked anew" });
  });

  it("are no longer installed after a removal", () => {
    const gone = subject(packages("Remove them", { names: ["nginx-light", "g++"], state: "absent" }));
    expect(gone.diff(one)).to.deep.equal([{ what: "nginx-light", before: "installed", after: "absent" }]);
    expect(gone.diff(gone.forecast(one))).to.deep.equal([]);
  });

  it("installs the missing ones with one apt-get, in a valid script", () => {
    const [step] = two.steps(one);
    expect(step).to.deep.include({ timeout: 3600 });
    const script = shellOf(step);
    expect(script).to.contain("--no-install-recommends").and.not.to.contain("nginx-light");
    for (const part of [
      "lock_patience=900",
      "DPkg::Lock::Timeout=",
      "policy-rc.d",
      "exit 101",
      "apt-get update",
      "dpkg --configure -a",
    ])
      expect(script).to.contain(part);
    execFileSync("sh", ["-n"], { input: script });
    // The same for the script within the script.
    const inner = execFileSync("sh", ["-c", `sh() { printf %s "$2"; }; ${script}`], { encoding: "utf8" });
    execFileSync("sh", ["-n"], { input: inner });
    expect(script).to.match(/ 'kubeplay-install' 'install' '1440' 'g\+\+'$/);
  });

  it("removes no other package: the error names those that apt would have to remove", () => {
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
    const { status, stderr } = spawnSync("sh", ["-c", script, ...args], { encoding: "utf8", env, cwd: folder });
    expect(status).to.equal(1);
    expect(stderr).to.match(
      /remove is disabled\.\napt would have to remove chrony ntpsec to install g\+\+, and kubeplay removes nothing/,
    );
  });

  it("reports a source that did not answer if a package is then not found", () => {
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
    const { status, stderr } = spawnSync("sh", ["-c", script, ...args], { encoding: "utf8", env, cwd: folder });
    expect(status).to.equal(1);
    expect(stderr).to.include(
      "Unable to locate package g++\napt-get update warned before:\nW: Failed to fetch http://deb",
    );
    expect(stderr).to.include("407  Proxy Authentication Required");
  });

  it("waits for each of apt's locks while unattended-upgrades holds it", () => {
    const inner = execFileSync("sh", ["-c", `sh() { printf %s "$2"; }; ${shellOf(two.steps(one)[0])}`], {
      encoding: "utf8",
    });
    // The lists are locked for the first try, the archives for the second.
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
    const { status, stdout, stderr } = spawnSync("sh", ["-c", script, ...args], { encoding: "utf8", env, cwd: folder });
    expect(status, stderr).to.equal(0);
    expect(stdout.match(/^waiting for another apt: E: Could not get lock/gm)).to.have.length(2);
    expect(stdout).to.contain("unattended-upgr");
  });

  it("waits as long as lockTimeout says for apt's locks", () => {
    const hurried = subject(packages("x", { names: ["g++"], lockTimeout: 60 }));
    const [step] = hurried.steps({ "package g++": { installed: false } });
    expect(step).to.deep.include({ timeout: 1920 });
    expect(shellOf(step)).to.contain("lock_patience=60\n").and.not.to.contain("lock_patience=900");
    expect(() => subject(packages("x", { names: ["g++"], lockTimeout: NaN }))).to.throw("expected a whole number");
  });

  it("reports before it starts that /usr is not writable", () => {
    const inner = execFileSync("sh", ["-c", `sh() { printf %s "$2"; }; ${shellOf(two.steps(one)[0])}`], {
      encoding: "utf8",
    });
    // Only these programs exist, and find prints what it prints for a read-only file system.
    writeFileSync(`${folder}/find`, "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(`${folder}/apt-get`, "#!/bin/sh\necho began >&2\n", { mode: 0o755 });
    const { status, stderr } = spawnSync("/bin/sh", ["-c", inner, ...args], {
      encoding: "utf8",
      env: { PATH: folder },
    });
    expect(status).to.equal(1);
    expect(stderr).to.include("below /usr, which is not writable. Is it mounted read-only?").and.not.include("began");
  });

  it("removes packages", () => {
    const gone = subject(packages("Remove it", { names: ["nginx-light"], state: "absent" }));
    expect(gone.diff(one)).to.deep.equal([{ what: "nginx-light", before: "installed", after: "absent" }]);
    expect(shellOf(gone.steps(one)[0])).to.match(/ 'remove' '0' 'nginx-light'$/);
    expect(gone.diff({ "package nginx-light": { installed: false } })).to.deep.equal([]);
  });

  it("has the wanted version, if one is named", () => {
    const exact = subject(packages("x", { names: ["nginx:amd64=1.26.3-3+b1", "curl=8.*"] }));
    const now = (nginx: string, curl: string) => ({
      "package nginx:amd64": { installed: true, version: nginx },
      "package curl": { installed: true, version: curl },
    });
    expect(asked(exact)).to.deep.equal(["package nginx:amd64", "package curl"]);
    expect(exact.diff(now("1.26.3-3+b1", "8.14.1-2"))).to.deep.equal([]);
    expect(exact.diff(now("1.26.3-3bb1", "7.88"))).to.deep.equal([
      { what: "nginx:amd64=1.26.3-3+b1", before: "1.26.3-3bb1", after: "1.26.3-3+b1" },
      { what: "curl=8.*", before: "7.88", after: "8.*" },
    ]);
    expect(shellOf(exact.steps(now("1", "7"))[0])).to.include("nginx:amd64=1.26.3-3+b1");
    expect(exact.diff(exact.forecast(now("1", "7")))).to.deep.equal([]);
    expect(() => subject(packages("x", { names: ["nginx=1"], state: "absent" }))).to.throw("nginx=1 has a version");
  });

  it("rejects names that apt would read as something else", () => {
    for (const name of ["nginx-", "a b", "--yes", "a=", "a=1 -y", "_a", ""])
      expect(() => subject(packages("x", { names: [name] })), name).to.throw(`"${name}" is not the name of a package`);
  });

  describe("latest", () => {
    const latest = subject(packages("x", { names: ["curl", "hello"], state: "latest", cacheValid: 3600 }));
    const now = (version: string, fresh = true) => ({
      lists: { fresh },
      ...{ "package curl": { installed: true, version }, "candidate curl": "8.2" },
      ...{ "package hello": { installed: false }, "candidate hello": "2" },
    });

    it("are compared with the newest versions of lists that are fresh", () => {
      expect(asked(latest)).to.deep.equal([
        ...["package lists 60", "package curl", "package hello", "package candidate curl", "package candidate hello"],
      ]);
      expect(latest.diff(now("8.1"))).to.deep.equal([
        { what: "curl", before: "8.1", after: "8.2" },
        { what: "hello", before: "absent", after: "installed" },
      ]);
      expect(shellOf(latest.steps(now("8.2"))[0])).to.match(/ 'install' '60' 'hello'$/);
      expect(latest.diff({ ...now("8.1"), ...latest.forecast(now("8.1")) })).to.deep.equal([]);
    });

    it("are installed anew by lists that had to be fetched, which may have newer ones of all", () => {
      const lists = { what: "package lists", before: "outdated", after: "fetched", always: true };
      expect(latest.diff(now("8.2", false))[0]).to.deep.equal(lists);
      expect(shellOf(latest.steps(now("8.2", false))[0])).to.match(/ 'install' '0' 'curl' 'hello'$/);
      expect(latest.diff({ ...now("8.2", false), ...latest.forecast(now("8.2", false)) })).to.deep.equal([]);
    });

    it("have no version", () => {
      expect(() => subject(packages("x", { names: ["a=1"], state: "latest" }))).to.throw("the newest one is wanted");
    });
  });

  describe("on hold", () => {
    const held = (hold: boolean, name = "curl=2") => subject(packages("x", { names: [name], hold }));
    const now = (version: string, isHeld: boolean) => ({
      "package curl": { installed: true, version, ...(isHeld && { held: true }) },
    });

    it("are held, and let go", () => {
      expect(held(true).diff(now("2", false))).to.deep.equal([{ what: "hold of curl", before: false, after: true }]);
      expect(held(true).diff(now("2", true))).to.deep.equal([]);
      expect(shellOf(held(true).steps(now("2", false))[0])).to.match(/patient apt-mark hold 'curl' >/);
      expect(shellOf(held(false).steps(now("2", true))[0])).to.match(/patient apt-mark unhold 'curl' >/);
      for (const hold of [true, false]) expect(held(hold).diff(held(hold).forecast(now("1", !hold)))).to.deep.equal([]);
    });

    it("get another version although they are held, and are held again if that fails", () => {
      const [install, ...more] = held(true).steps(now("1", true));
      expect(more).to.deep.equal([]);
      const script = shellOf(install).replaceAll(/^sh -c '[^]*?' 'kubeplay-install'.*$/gm, "false");
      execFileSync("sh", ["-n"], { input: shellOf(install) });
      writeFileSync(`${folder}/apt-mark`, '#!/bin/sh\necho "$@" >> marked\n', { mode: 0o755 });
      const sh = script.replace(/\(sh -c[^]*\); code/, "(exit 7); code");
      const env = { PATH: `${folder}:${process.env.PATH ?? ""}` };
      const { status } = spawnSync("sh", ["-c", sh], { encoding: "utf8", env, cwd: folder });
      expect(status).to.equal(7);
      expect(execFileSync("cat", [`${folder}/marked`], { encoding: "utf8" })).to.equal("unhold curl\nhold curl\n");
    });

    it("keep their hold in a task that does not name it, and cannot be absent", () => {
      const plain = subject(packages("x", { names: ["curl"] }));
      expect(plain.forecast(now("1", true))).to.deep.include({ "package curl": { installed: true, held: true } });
      expect(() => subject(packages("x", { names: ["a"], hold: true, state: "absent" }))).to.throw(
        'hold cannot be used with state "absent"',
      );
    });
  });

  describe("in files", () => {
    const file = subject(packages("x", { names: ["/srv/tool_2_all.deb"] }));
    const now = (installed?: string) => ({
      "file /srv/tool_2_all.deb": { name: "tool", version: "2", ...(installed !== undefined && { installed }) },
    });

    it("are installed in the version of the file", () => {
      expect(asked(file)).to.deep.equal(["deb file /srv/tool_2_all.deb"]);
      expect(file.diff(now("1"))).to.deep.equal([{ what: "/srv/tool_2_all.deb", before: "1", after: "2" }]);
      expect(file.diff(now("2"))).to.deep.equal([]);
      expect(file.diff(file.forecast(now("1")))).to.deep.equal([]);
      expect(shellOf(file.steps(now())[0]))
        .to.match(/^\(kubeplay_alone '[^']+'\)/)
        .and.to.include("'/srv/tool_2_all.deb'");
    });

    it("are a change if an earlier task is to bring them, and fail a check otherwise", () => {
      const none = { "file /srv/tool_2_all.deb": undefined };
      expect(file.diff(none)).to.deep.equal([{ what: "/srv/tool_2_all.deb", before: "absent", after: "installed" }]);
      expect(file.problems(none, { type: "absent" })).to.deep.equal({
        "path /srv/tool_2_all.deb": "there is no file /srv/tool_2_all.deb",
      });
    });

    it("are not named to remove or to hold a package", () => {
      for (const more of [{ state: "absent" }, { hold: true }] as const)
        expect(() => subject(packages("x", { names: ["/a.deb"], ...more }))).to.throw(
          "expected the name of its package",
        );
      expect(() => subject(packages("x", { names: ["/a.rpm"] }))).to.throw("expected a file NAME.deb");
    });
  });
});
