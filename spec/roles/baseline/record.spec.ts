import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect } from "chai";
import { baseline, record } from "#roles/baseline/index.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";
import { undone } from "kubeplay";

const absent = { type: "absent" } as const;
const there = { type: "directory", mode: 0o755 } as const;

describe("the record of a host", () => {
  const root = temporaryFolder();
  const folder = `${root}/before`;
  const task = subject(record("Record it", { folder }));
  const [step] = task.steps(Object.fromEntries(Object.keys(task.needs).map((name) => [name, absent])));
  const write = (): string => execFileSync("sh", ["-c", step as string], { encoding: "utf8" });
  const text = (name: string): string => readFileSync(`${folder}/${name}`, "utf8");

  it("has packages, users, parameters and copies of files, of this very machine", () => {
    write();
    expect(text("packages").split("\n")).to.include("dpkg");
    expect(text("users").split("\n")).to.include("root");
    expect(text("hosts")).to.equal(readFileSync("/etc/hosts", "utf8"));
    expect(text("sysctl")).to.match(/^net\/ipv4\/ip_forward\t[01]$/m);
    expect(text("sysctl")).to.match(/^vm\/overcommit_memory\t\d$/m);
    expect(text("sysctl")).to.not.match(/random|dentry/);
    expect(text("hostname").trim() === "" || hostname() !== "").to.equal(true);
  });

  it("is whole or not at all: what an interrupted run left is replaced", () => {
    const other = `${root}/other`;
    mkdirSync(`${other}.new`, { recursive: true });
    writeFileSync(`${other}.new/stale`, "");
    const [again] = subject(record("Record it", { folder: other })).steps({ record: absent });
    execFileSync("sh", ["-c", again as string]);
    expect(readdirSync(other)).to.include("packages").and.not.include("stale");
    expect(existsSync(`${other}.new`)).to.equal(false);
  });

  it("is made once, and never on a host that has kubeplay's files already", () => {
    const signs = Object.keys(task.needs).filter((name) => name !== "record");
    const bare = Object.fromEntries(["record", ...signs].map((name) => [name, absent]));
    expect(task.diff(bare)).to.have.length(1);
    expect(task.diff({ ...bare, record: there })).to.deep.equal([]);
    for (const sign of signs) expect(task.diff({ ...bare, [sign]: there }), sign).to.deep.equal([]);
  });
});

describe("kernel parameters of a host that is reset", () => {
  const root = temporaryFolder();
  const tasks = (container: boolean) => tasksOf(undone(baseline), { facts: { container } });
  const { run, unless } = taskCalled(tasks(true), "Give kernel parameters their former values").props as {
    readonly run: string;
    readonly unless: string;
  };
  const file = `${root}/sysctl`;
  const here = (script: string): string =>
    script.replace("/var/lib/kubeplay/before/sysctl", `'${file.replace("'", `'\\''`)}'`);

  /** In a network namespace of its own, so that this machine keeps its parameters. */
  const alone = (script: string): string =>
    execFileSync("unshare", ["--net", "--mount", "sh", "-c", `mount -t proc none /proc 2>/dev/null; ${script}`], {
      encoding: "utf8",
    });

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it("get the values of the record, also those that others change, and are then no change", () => {
    writeFileSync(
      file,
      "net/ipv4/conf/all/accept_redirects\t1\nnet/ipv4/conf/gone/forwarding\t1\nnet/ipv4/ip_forward\t0\nvm/panic_on_oom\t9\n",
    );
    const state = `cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/accept_redirects; if (${here(unless)}\n); then echo same; else echo differs; fi\n`;
    const out = alone(
      `echo 0 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv4/ip_forward\n${state}(${here(run)}\n)\n${state}`,
    );
    expect(out).to.equal("1\n0\ndiffers\n0\n1\nsame\n");
  });

  it("of the whole machine stay in a container", () => {
    expect(run).to.contain("of=net/");
    const onMachine = taskCalled(tasks(false), "Give kernel parameters their former values").props as {
      readonly run: string;
    };
    expect(onMachine.run).to.contain("of= check=");
  });

  it("stay without a record", () => {
    const out = alone(`if (${unless}\n); then echo same; fi\n(${run}\n) && echo done`);
    expect(out).to.equal(existsSync("/var/lib/kubeplay/before/sysctl") ? out : "same\ndone\n");
  });
});
