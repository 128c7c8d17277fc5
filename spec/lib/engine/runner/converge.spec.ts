import { expect } from "chai";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { defineQuery, type Query } from "#engine/queries/define.ts";
import { path as pathQuery } from "#engine/queries/path.ts";
import * as resources from "kubeplay";
import { defineResource, defineRole, play, playbook, type Task } from "kubeplay";
import { kubeconfig } from "#kubernetes/kubeconfig/resource.ts";
import { manifest } from "#kubernetes/manifests/manifest.ts";
import { manifests } from "#kubernetes/manifests/manifests.ts";
import { clear, folder, played, withSystemd } from "./stage.ts";

/** One task a kind that this machine is certainly not as it wants, whoever runs the specs. */
const tasks = (root: string): Task[] => [
  resources.alternative("Choose a program", {
    ...{ name: "kubeplay-specs", path: "/bin/true", link: `${root}/alternative`, priority: 1 },
  }),
  resources.aptRepository("Add a repository", {
    ...{ name: "kubeplay-specs", uris: ["http://127.0.0.1:1"], suites: ["specs"] },
  }),
  resources.archive("Unpack an archive", { src: `${root}/source`, dest: `${root}/unpacked` }),
  resources.authorizedKeys("Let somebody log in", {
    ...{ user: "kubeplay-specs", keys: [`ssh-ed25519 ${"A".repeat(68)} specs`] },
  }),
  resources.binary("Install a program", { src: `${root}/source`, dest: `${root}/program` }),
  resources.blockInFile("Write a block", { path: `${root}/blocks`, block: "text", create: true }),
  resources.certificate("Issue a certificate", { path: `${root}/new.crt`, profile: "server", commonName: "new" }),
  resources.certificateBundle("Bundle CAs", { path: `${root}/bundle.crt`, certificates: [`${root}/ca.crt`] }),
  resources.command("Make a file", { run: "true", creates: `${root}/made` }),
  resources.copyTree("Copy a tree", { src: `${root}/tree`, dest: `${root}/copied` }),
  resources.cron("Plan a job", { name: "kubeplay-specs", schedule: "@yearly", run: "true" }),
  resources.debconf("Answer a question", { package: "specs", question: "specs/one", type: "string", value: "one" }),
  resources.directory("Make a folder", { path: `${root}/folder` }),
  resources.fetch("Fetch a file", { src: `${root}/source`, dest: `${root}/from-host` }),
  resources.file("Write a file", { dest: `${root}/file`, content: "text\n" }),
  resources.firewall("Let everything in", { name: "kubeplay_specs", allow: [{ port: "1-65535" }] }),
  resources.getUrl("Download a file", { url: "http://127.0.0.1:1", dest: `${root}/fetched` }),
  resources.git("Check out a commit", { repo: `${root}/none`, dest: `${root}/checkout`, version: "0".repeat(40) }),
  resources.group("Make a group", { name: "kubeplay-specs" }),
  resources.hostname("Name the host", { name: "kubeplay-specs" }),
  resources.ini("Set an option", { path: `${root}/options`, option: "a", value: 1, create: true }),
  resources.kernelModule("Load a module", { name: "kubeplay_specs" }),
  resources.keyPair("Make a pair of keys", { path: `${root}/pair.key` }),
  kubeconfig("Write a kubeconfig", {
    path: `${root}/kubeconfig`,
    server: "https://127.0.0.1:1",
    ca: `${root}/ca.crt`,
    cluster: "specs",
    user: "specs",
    certificate: `${root}/client.crt`,
  }),
  resources.knownHosts("Know a host", {
    ...{ name: "specs.example.org", keys: [`ssh-ed25519 ${"A".repeat(68)}`], path: `${root}/known_hosts` },
  }),
  resources.limits("Limit a user", {
    name: "kubeplay-specs",
    limits: [{ domain: "kubeplay-specs", type: "-", item: "nofile", value: 1 }],
  }),
  resources.line("Write a line", { path: `${root}/lines`, line: "text", create: true }),
  resources.link("Make a link", { dest: `${root}/link`, target: "/" }),
  resources.locales("Have a locale", { names: ["xx_XX.UTF-8"] }),
  resources.logrotate("Rotate logs", { name: "kubeplay-specs", paths: ["/var/log/specs"], options: ["weekly"] }),
  manifest("Apply an object", {
    kubeconfig: `${root}/none`,
    manifest: { apiVersion: "v1", kind: "Namespace", metadata: { name: "specs" } },
  }),
  manifests("Apply several", {
    kubeconfig: `${root}/none`,
    set: "specs",
    objects: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "specs" } }],
  }),
  resources.mount("Mount a file system", { path: `${root}/mounted`, src: "tmpfs", type: "tmpfs" }),
  resources.packages("Install a package", { names: ["kubeplay-specs"] }),
  resources.pip("Make an environment of Python", { venv: `${root}/venv`, names: [] }),
  resources.postgresDatabase("Make a database", { name: "kubeplay-specs" }),
  resources.postgresRole("Make a role of a database", { name: "kubeplay-specs" }),
  resources.prune("Remove what nothing names", { path: `${root}/surplus`, keep: [] }),
  resources.replace("Replace a word", { path: `${root}/text`, match: "old", with: "new" }),
  resources.script("Run a script", { src: `${root}/script`, creates: `${root}/by-script` }),
  resources.service("Start a service", { name: "kubeplay-specs", state: "started" }),
  resources.sudoers("Let somebody do all", { name: "kubeplay-specs", who: "kubeplay-specs", commands: ["ALL"] }),
  resources.sysctl("Set a parameter", { name: "kernel.kubeplay_specs", value: 1 }),
  resources.template("Write from a template", { src: `${root}/source.hbs`, dest: `${root}/rendered` }),
  resources.timezone("Set the time zone", { name: "Kubeplay/Specs" }),
  resources.unit("Write a unit", { name: "kubeplay-specs", content: "[Service]\n" }),
  resources.user("Make a user", { name: "kubeplay-specs" }),
  resources.wait("Wait for something", { until: `test -e ${root}/never`, timeout: 1 }),
];

/** What these begin with. */
const needsCertificates = ["Bundle CAs", "Write a kubeconfig"];
const before = (root: string): Task[] => [
  resources.certificate("Make a CA", { path: `${root}/ca.crt`, profile: "ca", commonName: "specs" }),
  resources.certificate("Issue a client's certificate", {
    path: `${root}/client.crt`,
    profile: "client",
    commonName: "specs",
    ca: `${root}/ca.crt`,
  }),
];

const resourceOf = (task: Task) => {
  if (!("resource" in task.does)) throw new Error(`${task.name} acts`);
  return task.does.resource;
};

/** Objects of an API that does not answer are absent where the run is to start it, and otherwise an error of their own. */
const toCome = defineQuery<boolean>({
  kind: "API to come, for sure",
  get: (keys) => Promise.resolve(new Map(keys.map((key) => [key, true]))),
})("");

/** The same task, whose resource forgets to do its work. */
function idle(task: Task): Task {
  const resource = resourceOf(task);
  const needs = (props: object) => {
    const own = resource.needs(props) as Record<string, Query<unknown>>;
    return "toCome" in own ? { ...own, toCome } : own;
  };
  return defineResource({ ...resource, needs, apply: () => [] })(task.name, { ...task.props });
}

function stage(): string {
  const root = folder();
  writeFileSync(path.join(root, "source"), "source");
  writeFileSync(path.join(root, "source.hbs"), "text\n");
  writeFileSync(path.join(root, "text"), "old\n");
  writeFileSync(path.join(root, "script"), `#!/bin/sh\ntouch ${root}/by-script\n`);
  for (const name of ["tree", "units", "surplus/file"]) mkdirSync(path.join(root, name), { recursive: true });
  return root;
}

async function playAll(root: string, ...tasks: Task[]) {
  const role = defineRole({ name: "one", description: "", vars: {}, tasks: () => tasks });
  const plays = playbook([play({ name: "One", hosts: "all", roles: [role] })]);
  return played({ root, playbook: plays, connect: withSystemd(`${root}/units`) });
}

describe("a resource that skips its apply", () => {
  after(clear);

  it("is tried for every kind that there is, but for what never changes anything", () => {
    const folders = ["lib/engine/resources", "lib/kubernetes/manifests", "lib/kubernetes/kubeconfig"];
    const files = folders.flatMap((source) =>
      readdirSync(source, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => path.join(source, name)),
    );
    const kinds = files.flatMap((name) => {
      const text = readFileSync(name, "utf8");
      return [...text.matchAll(/= define(?:Resource|Edit<\w+>|MadeFile<\w+>)\(\{\n\s+kind: "([^"]+)"/g)].map(
        ([, kind]) => kind,
      );
    });
    expect(kinds).to.have.length.greaterThan(10);
    // An Ansible module needs ansible-core: its own spec has one that does not converge.
    // There may be nothing to upgrade: spec/hosts/apt.spec.ts tries that; nor anyone to remove: accounts.spec.ts does.
    const others = [
      "add host",
      "ansible module",
      "assert",
      "debug",
      "fail",
      "find",
      "group by",
      "package upgrade",
      "prune users",
      "read",
      "uri",
    ];
    const changing = kinds.filter((kind) => !others.includes(kind ?? ""));
    expect(tasks("/").map((task) => resourceOf(task).kind)).to.have.members(changing);
  });

  for (const { name } of tasks("/"))
    it(`did not converge: ${name}`, async () => {
      const root = stage();
      const task = tasks(root).find((one) => one.name === name)!;
      if (needsCertificates.includes(name)) expect((await playAll(root, ...before(root))).code).to.equal(0);
      const { code, tasks: results } = await playAll(root, idle(task));
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(["failed"]);
      expect(results[0]?.message).to.match(/^did not converge: /);
      expect(code).to.equal(2);
    });

  it("did not converge either where it removes half of the differences", async () => {
    const root = stage();
    const task = resources.directory("Make a folder", { path: `${root}/folder`, mode: 0o700 });
    const half = defineResource({ ...resourceOf(task), apply: () => [`mkdir ${root}/folder`] });
    const { tasks: results } = await playAll(root, half(task.name, { ...task.props }));
    expect(results[0]?.message).to.match(/^did not converge: mode is .*, expected /);
  });

  it("is not asked of what is a change each time, whatever the host is like", async () => {
    const root = stage();
    const saved = defineResource({
      kind: "snapshot",
      label: () => "bare",
      needs: () => ({ all: pathQuery(root) }),
      diff: () => [{ what: "host", before: undefined, after: "saved", always: true }],
      apply: () => ["true"],
      forecast: ({ all }) => ({ all }),
    });
    expect((await playAll(root, saved("Save it", {}))).tasks.map(({ outcome }) => outcome)).to.deep.equal(["changed"]);
  });

  it("shows no text of several lines and no secret in what it says", async () => {
    const root = stage();
    const open = idle(resources.file("Write a file", { dest: `${root}/file`, content: "one\ntwo\n" }));
    expect((await playAll(root, open)).tasks[0]?.message).to.equal("did not converge: content is not as wanted");
    const content = "hidden";
    const secret = idle(resources.file("Write a secret", { dest: `${root}/file`, content, secret: true }));
    const { terminal } = await playAll(root, secret);
    expect(terminal).to.include("did not converge: content is not as wanted").and.not.include("hidden");
  });

  it("is no concern of the same tasks when they do their work", async () => {
    const root = stage();
    const ofSystem = [
      "alternative",
      "apt repository",
      "authorized keys",
      "cron",
      "debconf",
      "firewall",
      "group",
      "hostname",
      "kernel module",
      "limits",
      "locales",
      "logrotate",
      "mount",
      "packages",
      "pip",
      "postgres database",
      "postgres role",
    ];
    const privileged = [...ofSystem, "service", "sudoers", "sysctl", "timezone", "unit", "user"];
    // The command makes nothing, nobody fulfils the wait, nothing answers, and the archive is none.
    const impossible = ["command", "wait", "manifest", "manifests", "get url", "git", "archive", ...privileged];
    const doable = tasks(root).filter((task) => !impossible.includes(resourceOf(task).kind));
    const tasksToDo = [...before(root), ...doable];
    const first = await playAll(root, ...tasksToDo);
    expect(first.tasks.map(({ message }) => message).filter(Boolean)).to.deep.equal([]);
    expect(first.changes).to.have.length(tasksToDo.length);
    expect((await playAll(root, ...tasksToDo)).changes).to.deep.equal([]);
  });
});
