import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { temporaryFolder } from "../lib/engine/temporary.ts";

/** A project outside of this repository, with the packed package and its dependencies in node_modules. */
describe("the package, in a project of one's own", () => {
  const root = temporaryFolder();
  const at = (...names: string[]): string => path.join(root, ...names);
  const own = at("node_modules", "kubeplay");

  let tarball = "";
  const variables = `motd_file: ${at("motd")}\n`;

  function write(name: string, text: string): void {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  }

  function kubeplay(...args: string[]): { code: number | null; output: string } {
    const program = path.join(own, "dist/lib/engine/cli/kubeplay.mjs");
    const env = { ...process.env, NO_COLOR: "1", XDG_CACHE_HOME: at("cache") };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: root,
      env,
      encoding: "utf8",
    });
    return { code: status, output: stdout + stderr };
  }

  before(function () {
    // It compiles everything.
    this.timeout(600_000);
    const listed = execFileSync("npm", ["pack", "--json", "--pack-destination", root], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [{ filename }] = JSON.parse(listed.slice(listed.indexOf("[\n"))) as [{ filename: string }];
    tarball = at(filename);
    mkdirSync(own, { recursive: true });
    execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", own]);
    // The dependencies stay where they are installed. Nothing else of this repository can be seen from there.
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: object };
    for (const name of [...Object.keys(dependencies), "@types"]) {
      mkdirSync(path.dirname(at("node_modules", name)), { recursive: true });
      symlinkSync(path.resolve("node_modules", name), at("node_modules", name));
    }
    expect(kubeplay("init").code).to.equal(0);
    write("group_vars/all.yaml", variables);
    write("playbooks/cluster.ts", `export { site as default } from "kubeplay/playbooks";\n`);
    write(
      "playbooks/dns.ts",
      `import { play, playbook } from "kubeplay";
import { coredns } from "kubeplay/roles/coredns";
import { manifest } from "kubeplay/kubernetes";

export const object = manifest;
export default playbook([play({ name: "DNS", hosts: "all", roles: [coredns] })]);
`,
    );
  });

  it("has compiled programs with their types, and neither sources nor specs", () => {
    const files = readdirSync(own, { recursive: true, encoding: "utf8" });
    const sources = files.filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"));
    expect(sources).to.deep.equal([]);
    expect(files.filter((name) => name.split("/").includes("spec"))).to.deep.equal([]);
    expect(files).to.include.members([
      "dist/lib/engine/index.js",
      "dist/lib/engine/index.d.ts",
      "dist/artifacts.lock.json",
    ]);
  });

  it("is a package as npm, Node and TypeScript expect it", () => {
    const tool = (name: string, ...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(path.resolve("node_modules/.bin", name), args, { encoding: "utf8" });
      return { status, output: stdout + stderr };
    };
    const published = tool("publint", own, "--strict", "--pack", "false");
    expect(published.status, published.output).to.equal(0);
    expect(published.output).to.contain("All good!");
    // It has ES modules only. CommonJS can import them by now, but TypeScript's oldest settings find none.
    const typed = tool("attw", tarball, "--profile", "esm-only", "--no-color");
    expect(typed.status, typed.output).to.equal(0);
    expect(typed.output).to.contain("kubeplay/testing");
  });

  it("says its version outside of a project, and leaves nothing there", () => {
    mkdirSync(at("empty"));
    const program = path.join(own, "dist/lib/engine/cli/kubeplay.mjs");
    const env = { ...process.env, XDG_CACHE_HOME: at("cache") };
    const said = execFileSync(process.execPath, [program, "--version"], { cwd: at("empty"), env, encoding: "utf8" });
    expect(said).to.match(/^kubeplay \d+\.\d+\.\d+\n$/);
    expect(readdirSync(at("empty"))).to.deep.equal([]);
  });

  it("plays the project's role with its template, and changes nothing the second time", () => {
    const first = kubeplay("play", "site");
    expect(first.code, first.output).to.equal(0);
    expect(readFileSync(at("motd"), "utf8")).to.equal("Hello from here\n");
    expect(kubeplay("site").output).to.contain("changed=0");
    expect(existsSync(at(".kubeplay", "compiled"))).to.equal(true);
    expect(existsSync(path.join(own, ".kubeplay"))).to.equal(false);
  });

  it("brings the playbooks of the cluster, whose roles find their templates", () => {
    const { code, output } = kubeplay("--list-tasks", "-i", path.resolve("hosts.yaml"), "cluster");
    expect(code, output).to.equal(0);
    expect(output).to.contain("etcd : ").and.contain("kube-apiserver : ");
  });

  it("knows the variables of roles from packages, whichever playbook runs", () => {
    write("group_vars/all.yaml", `${variables}coredns_version: "1.2.3"\n`);
    expect(kubeplay("--check", "site").output).to.contain("changed=0");
    write("group_vars/all.yaml", `${variables}coredns_versoin: "1.2.3"\n`);
    expect(kubeplay("--check", "site").output).to.contain("coredns_version");
    write("group_vars/all.yaml", variables);
  });

  it("keeps what is there when a project is begun again", () => {
    expect(kubeplay("init").output).to.contain("kept:    group_vars/all.yaml").and.not.contain("written:");
    expect(readFileSync(at("group_vars/all.yaml"), "utf8")).to.equal(variables);
    expect(kubeplay("new", "role", "motd").output).to.contain("roles/motd/index.ts is there already");
  });

  it("lists its roles and their variables, and those of packages", () => {
    expect(kubeplay("roles").output)
      .to.match(/^motd +Writes a message\.$/m)
      .and.match(/^coredns +\S/m);
    const { output } = kubeplay("roles", "--docs", "motd");
    expect(output).to.contain("## motd\n\nWrites a message.").and.contain('| `motd_text` | a string | `"Hello"` |');
    expect(kubeplay("roles", "mottd").output).to.contain('there is no role mottd; did you mean "motd"?');
  });

  it("writes schemas for editors, which the files of a new project name", () => {
    expect(kubeplay("schema").code).to.equal(0);
    const schema = JSON.parse(readFileSync(at(".kubeplay/schemas/variables.json"), "utf8")) as { properties: object };
    expect(schema.properties).to.include.keys("motd_file", "coredns_version", "ansible_host");
    const named = /^# yaml-language-server: \$schema=(\S+)$/m.exec(readFileSync(at("hosts.yaml"), "utf8"))?.[1] ?? "";
    expect(existsSync(at(named)), named).to.equal(true);
    const settings = JSON.parse(readFileSync(at(".vscode/settings.json"), "utf8")) as { "yaml.schemas": object };
    for (const file of Object.keys(settings["yaml.schemas"])) expect(existsSync(at(file)), file).to.equal(true);
  });

  it("names the kinds that it can begin, and the names that they may have", () => {
    expect(kubeplay("new", "rol", "x").output).to.contain('did you mean "role"');
    expect(kubeplay("new", "role", "../x").output).to.contain("expected a name of small letters");
    expect(kubeplay("new", "role").code).to.equal(5);
  });

  it("tests a role, the project's own and a new one", () => {
    const { code, output } = kubeplay("new", "role", "web-server");
    expect(code, output).to.equal(0);
    const specs = ["spec/motd.spec.ts", "spec/web-server.spec.ts"];
    const { status, stdout } = spawnSync(process.execPath, ["--import", "tsx", "--test", ...specs], {
      cwd: root,
      // A runner within a runner reports to it in its own way.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: "" },
      encoding: "utf8",
    });
    expect(status, stdout).to.equal(0);
    expect(stdout).to.match(/^# pass 2$/m);
    expect(kubeplay("new", "role", "web-server").output).to.contain("roles/web-server/index.ts is there already");
  });

  it("is typed: the compiler accepts the project and what it began, and finds a mistake", () => {
    for (const kind of ["role", "playbook", "resource"]) {
      const { code, output } = kubeplay("new", kind, `my-${kind}`);
      expect(code, output).to.equal(0);
    }
    const wrong = `import { file } from "kubeplay";\nexport const wrong = file("Write", { dets: "/x" });\n`;
    write("roles/wrong/index.ts", wrong);
    const { stdout } = spawnSync(path.resolve("node_modules/.bin/tsc"), ["-p", root], { cwd: root, encoding: "utf8" });
    const places = [...stdout.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(([, file]) => file);
    expect(places, stdout).to.deep.equal(["roles/wrong/index.ts"]);
    expect(stdout).to.contain("dets");
  });

  it("types and tests the examples", function () {
    this.timeout(600_000);
    for (const name of readdirSync("examples")) {
      const own = at("examples", name);
      cpSync(path.join("examples", name), own, { recursive: true });
      const typed = spawnSync(path.resolve("node_modules/.bin/tsc"), ["-p", own], { cwd: own, encoding: "utf8" });
      expect(typed.status, typed.stdout).to.equal(0);
      const specs = readdirSync(path.join(own, "spec")).map((file) => path.join("spec", file));
      const tested = spawnSync(process.execPath, ["--import", "tsx", "--test", ...specs], {
        cwd: own,
        env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: "" },
        encoding: "utf8",
      });
      expect(tested.status, tested.stdout).to.equal(0);
      expect(tested.stdout).to.match(/^# pass [1-9]/m);
    }
  });
});
