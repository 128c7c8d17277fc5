import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { TaskError } from "kubeplay";
import type { Resource } from "#engine/tasks/resource.ts";
import { preflight } from "#roles/preflight/index.ts";
import type { InstallableProps } from "#roles/preflight/packages/installable.ts";
import type { NeededProps } from "#roles/preflight/packages/missing.ts";
import { answersOf, script, type SourcesAnswer } from "#cluster/apt/sources.ts";
import { serve, type Upstream } from "../../../lib/artifacts/helpers.ts";
import { temporaryFolder } from "../../../lib/engine/temporary.ts";
import { taskCalled, tasksOf } from "../../tasks-of.ts";

const inventory = (vars: object = {}) => ({
  masters: { hosts: { "cp-1": { ansible_host: "192.0.2.11" } } },
  all: { vars: { cilium_l7_proxy: false, ...vars } },
});
const tasks = (vars?: object) => tasksOf(preflight, { inventory: inventory(vars), host: "cp-1" });
const listing = "List the packages that the host lacks";

describe("preflight's check of packages", () => {
  const task = taskCalled(tasks(), "Check that the host can install them");
  if (!("resource" in task.does)) throw new Error("a resource is expected");
  const resource = task.does.resource as Resource<InstallableProps, Record<string, SourcesAnswer>, object, void>;
  const props = { host: "cp-1", missing: ["nginx", "runc"], environment: {} };
  const no = (url: string, why: string) => ({ url, answers: false, why });
  const yes = { url: "http://deb.example/InRelease", answers: true, why: "" };

  it("fails if no source answers, with apt's own errors and the packages that are missing", () => {
    const sources = [no("http://deb.example/InRelease", "E: Failed to fetch"), no("http://sec.example/InRelease", "")];
    expect(() => resource.diff({ sources }, props)).to.throw(
      TaskError,
      /^Packages: the host lacks nginx, runc, and no source of its apt answers:\n {2}http:\/\/deb\.example\/InRelease: E: Failed to fetch\n {2}http:\/\/sec\.example\/InRelease: no answer\nCorrect its sources/,
    );
    expect(() => resource.diff({ sources: [no("none", "")] }, props)).to.throw("apt has no source: no answer");
  });

  it("warns of a source that does not answer beside one that does, and accepts a host without apt", () => {
    const sources = [yes, no("http://sec.example/InRelease", "E: 404")];
    expect(resource.diff({ sources }, props)).to.deep.equal([]);
    expect(resource.warnings?.({ sources }, props)).to.deep.equal([
      "cp-1: a source of its apt does not answer: http://sec.example/InRelease (E: 404)",
    ]);
    expect(resource.diff({ sources: "no apt" }, props)).to.deep.equal([]);
    expect(resource.warnings?.({ sources: [yes] }, props)).to.deep.equal([]);
  });

  it("asks no mirror, and so costs no round trip, if the host has every package", () => {
    expect(resource.needs({ ...props, missing: [] })).to.deep.equal({});
    expect(Object.keys(resource.needs(props))).to.deep.equal(["sources"]);
  });

  it("is of the packages that the role host installs, and of those only that are missing", () => {
    const { packages, host } = taskCalled(tasks({ cni: "bridge", host_packages: ["jq=1.7*"] }), listing)
      .props as NeededProps;
    expect(packages).to.include.members(["jq=1.7*", "nginx", "nftables"]);
    const { does } = taskCalled(tasks(), listing);
    if (!("resource" in does)) throw new Error("a resource is expected");
    const now = Object.fromEntries(packages.map((name) => [name, { installed: name !== "nftables" }]));
    expect(does.resource.output?.(now, { packages, host }, [])).to.deep.equal(["nftables"]);
    expect(Object.values(does.resource.needs({ packages, host })).map(({ key }) => key)).to.include("jq");
  });

  it("is left out if hosts install from a bundle, or if it is ignored", () => {
    const count = (vars: object): number => tasks(vars).filter(({ name }) => name === listing).length;
    expect(count({ host_debian_packages: "/bundle/debian.tar" })).to.equal(0);
    expect(count({ preflight_ignore: ["Packages"] })).to.equal(0);
    expect(count({})).to.equal(1);
  });
});

describe("the question to apt's sources", function () {
  this.timeout(600_000);
  const folder = temporaryFolder();
  let upstream: Upstream;
  before(async function () {
    if (!existsSync("/usr/lib/apt/apt-helper")) {
      console.log("      skipped: this machine has no apt");
      this.skip();
    }
    upstream = await serve(({ url = "" }, response) => {
      if (url === "/good/dists/trixie/InRelease" || url === "/old/dists/trixie/Release") response.end("Origin: spec\n");
      else response.writeHead(404).end();
    });
  });
  after(() => upstream.close());

  /** Runs the script with these lines of sources.list, in a folder that must be empty afterwards. */
  const ask = async (...sources: readonly string[]): Promise<SourcesAnswer> => {
    const [work, list] = [path.join(folder, "work"), path.join(folder, "sources.list")];
    mkdirSync(work, { recursive: true });
    writeFileSync(list, sources.map((one) => `${one}\n`).join(""));
    const configuration = path.join(folder, "apt.conf");
    writeFileSync(configuration, `Dir::Etc::sourcelist "${list}";\nDir::Etc::sourceparts "-";\n`);
    const env = { ...process.env, APT_CONFIG: configuration, TMPDIR: work, LC_ALL: "C", no_proxy: "127.0.0.1" };
    const child = spawn("sh", ["-c", script], { env });
    let output = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    await new Promise((resolve) => child.once("close", resolve));
    expect(readdirSync(work)).to.deep.equal([]);
    return answersOf(output.trim().split("\n").sort());
  };
  const deb = (name: string, login = ""): string =>
    `deb [trusted=yes] http://${login}${upstream.url.replace("http://", "")}/${name} trixie main`;

  it("is answered by each, also by one that has only the old form of its index", async () => {
    const url = (name: string) => `${upstream.url}/${name}/dists/trixie/InRelease`;
    expect(await ask(deb("good"), deb("old"))).to.deep.equal([
      { url: url("good"), answers: true, why: "" },
      { url: url("old"), answers: true, why: "" },
    ]);
  });

  it("names those that do not, with apt's error, and shows no login", async () => {
    const answers = await ask(deb("good"), deb("absent", "kim:a-password@"));
    expect(answers).to.have.length(2);
    expect(JSON.stringify(answers)).to.contain("404").and.not.to.contain("a-password");
    expect(answers[0]).to.include({ url: `${upstream.url}/absent/dists/trixie/InRelease`, answers: false });
  });

  it("has an answer for a host that has no source at all, or no valid one", async () => {
    expect(await ask()).to.deep.equal([{ url: "none", answers: false, why: "" }]);
    const [broken] = (await ask("deb http://deb.example")) as Exclude<SourcesAnswer, "no apt">;
    expect(broken).to.include({ url: "none", answers: false });
    expect(broken?.why).to.match(/^E: /);
  });

  it("is the same script in dash and bash", () => {
    for (const shell of ["dash", "bash"]) execFileSync(shell, ["-n", "-c", script]);
  });
});
