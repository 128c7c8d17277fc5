import { expect } from "chai";
import { existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clear, folder } from "../lib/engine/runner/stage.ts";
import { on } from "./lab/host.ts";
import { projectIn, start, type Ended, type StartedRun } from "./lab/project.ts";
import { until } from "../until.ts";

const steps = "spec/engine/playbooks/steps.ts";
const local = "spec/engine/playbooks/local.ts";
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Seconds from the signal to the end of the process. */
const patience = 10;
/** In place of the name of a retry file. */
const noFile = "none";

/** A run ends in order wherever a signal meets it, although the step that it meets never ends. */
describe("a signal", function () {
  this.timeout(600_000);
  const onHost = (command: string) => on("engine-1", command);
  const isBegun = () => onHost("timeout 60 sh -c 'until [ -e /srv/steps/begun ]; do sleep 0.05; done'");
  const traces = () => onHost("ls -A /srv/steps");
  /** A command that ignores signals is killed a second later. */
  const leftovers = () =>
    onHost(
      "for _ in 1 2 3 4 5 6; do pgrep -fx 'sleep 100000' > /dev/null || break; sleep 0.5; done; pgrep -fx 'sleep 100000' || echo none",
    );
  const project = (hosts: readonly string[] = ["engine-1"], vars = {}) => {
    const root = folder();
    projectIn(root, hosts, vars);
    return root;
  };
  const hang = (root: string, step: string, ...args: readonly string[]) =>
    start(root, steps, ["-e", JSON.stringify({ steps_hang: step }), ...args]);

  /** Sends the signal; the run must end in time, and leave its recap and its files. */
  const endsInOrder = async (
    root: string,
    { kill, ended }: StartedRun,
    signal: NodeJS.Signals,
    retry = "steps.retry",
  ): Promise<Ended> => {
    const sent = Date.now();
    kill(signal);
    const end = await ended;
    expect(end.code, end.output).to.equal(99);
    expect((Date.now() - sent) / 1000, "seconds").to.be.below(patience);
    expect(end.output).to.include("PLAY RECAP").and.include("The same command again does what is left.");
    const [run = ""] = readdirSync(path.join(root, ".kubeplay/runs")).sort().reverse();
    const summary: unknown = JSON.parse(readFileSync(path.join(root, ".kubeplay/runs", run, "summary.json"), "utf8"));
    expect(summary).to.deep.include({ code: 99 });
    if (retry !== noFile) expect(readFileSync(path.join(root, ".kubeplay", retry), "utf8")).to.include("engine-1\n");
    return end;
  };
  /** No lock is held, and the host takes new work. */
  const isFree = async (root: string) => {
    const { code, output } = await start(root, steps, ["--lock-timeout", "0"]).ended;
    expect(code, output).to.equal(0);
    expect(await onHost("cat /srv/steps/file")).to.equal("done");
  };

  before("compile the playbooks, which must not take the time of a run", async function () {
    this.timeout(600_000);
    for (const playbook of [steps, local]) await start(project(), playbook, ["--list-tasks"], 240).ended;
  });
  beforeEach(() => onHost("rm -rf /srv/steps /var/lib/kubeplay/jobs; mkdir /srv/steps; echo old > /srv/steps/file"));
  afterEach(async () => {
    await onHost("rm -f /usr/local/bin/df; pkill -x sleep || :");
    expect(await onHost("find /srv /tmp /var/tmp -name '.kubeplay.*'"), "parts of files").to.equal("");
  });
  after(clear);

  signals.forEach((signal, index) => {
    it(`${signal} during a command ends the command with its children, and frees the lock`, async () => {
      const root = project();
      const running = hang(root, "command");
      await isBegun();
      const { output } = await endsInOrder(root, running, signal);
      expect(output).to.include("The run was interrupted, and the command was ended.");
      expect(output).to.include('Not done on engine-1: 1 task of "Hang"').and.include('Not begun: "And then".');
      expect(await leftovers()).to.equal("none");
      expect(await traces()).to.equal("begun\nended\nfile");
      await isFree(root);
    });

    const each = ["asking", "wait", "handler"];
    const others = ["retry", "barrier", "controller", "deaf command", "reboot"];
    for (const step of [...each, ...others.filter((_, place) => place % signals.length === index)])
      it(`${signal} ends a run during this step: ${step}`, async () => {
        const hosts = step === "barrier" ? ["engine-1", "engine-2"] : ["engine-1"];
        const root = project(hosts);
        const running = hang(root, step);
        await isBegun();
        const { output } = await endsInOrder(root, running, signal);
        if (step === "handler") expect(output).to.include("Owed to engine-1: 1 handler, Hang.");
        expect(await leftovers()).to.equal("none");
        await isFree(project());
      });

    for (const step of ["upload", "small upload"])
      it(`${signal} during this step leaves the old file, and no part of the new one: ${step}`, async () => {
        const root = project();
        const running = hang(root, step);
        await isBegun();
        await endsInOrder(root, running, signal);
        expect(await leftovers()).to.equal("none");
        expect(await onHost("cat /srv/steps/file")).to.equal("old");
        expect(await traces()).to.equal("begun\nfile");
        await isFree(root);
      });

    it(`${signal} ends a run that reads facts, although df hangs as on a dead mount`, async () => {
      await onHost(
        "printf '#!/bin/sh\\ntouch /srv/steps/begun; exec sleep 100000\\n' > /usr/local/bin/df; chmod 755 /usr/local/bin/df",
      );
      const root = project();
      const running = hang(root, "nothing");
      await isBegun();
      const { output } = await endsInOrder(root, running, signal);
      expect(output).to.include('Not begun on engine-1: "Hang".');
      expect(await leftovers()).to.equal("none");
      await onHost("rm /usr/local/bin/df");
      await isFree(root);
    });
  });

  it("during a transfer that is not over leaves the old file", async () => {
    const root = project();
    const large = path.resolve("spec/engine/faults/playbooks/large.ts");
    writeFileSync(path.join(root, "large"), "");
    truncateSync(path.join(root, "large"), 300 << 20);
    await onHost("mkdir -p /srv/slow && echo old > /srv/slow/large");
    const running = start(root, large, ["--stop-timeout", "0"]);
    await onHost("timeout 60 sh -c 'until [ -s /srv/slow/.kubeplay.* ]; do sleep 0.02; done'");
    running.kill("SIGTERM");
    const { code, output } = await running.ended;
    expect(code, output).to.equal(99);
    expect(output).to.include("/srv/slow/large was not written: the run was interrupted.");
    await onHost("sleep 1");
    expect(await onHost("cat /srv/slow/large; ls -A /srv/slow")).to.equal("old\nlarge");
  });

  it("leaves a detached command running, as its purpose is", async () => {
    const root = project();
    const running = hang(root, "detached command");
    await isBegun();
    await endsInOrder(root, running, "SIGTERM");
    expect(await leftovers()).not.to.equal("none");
  });

  it("ends a run on the controller itself, with the command's children", async () => {
    const root = project();
    const file = path.join(root, "hosts.yaml");
    writeFileSync(file, JSON.stringify({ all: { hosts: { "engine-1": { ansible_connection: "local" } } } }));
    const running = start(root, local, ["-e", JSON.stringify({ local_folder: root })]);
    await until("the command runs", () => existsSync(path.join(root, "begun")));
    const { output } = await endsInOrder(root, running, "SIGINT", "local.retry");
    expect(output).to.include("The run was interrupted, and the command was ended.");
    const pid = readFileSync(path.join(root, "begun"), "utf8").trim();
    expect(existsSync(`/proc/${pid}`), "the child").to.equal(false);
  });

  it("ends a check too, which writes no file of hosts to try again", async () => {
    const root = project();
    const running = hang(root, "asking", "--check");
    await isBegun();
    await endsInOrder(root, running, "SIGTERM", noFile);
    expect(await leftovers()).to.equal("none");
    expect(existsSync(path.join(root, ".kubeplay/steps.retry"))).to.equal(false);
  });

  it("ends a run that asks whether to go on", async () => {
    const root = project();
    const running = hang(root, "command", "--step");
    await until("it asks", () => running.said().includes("Perform task:"));
    await endsInOrder(root, running, "SIGTERM");
    expect(await traces()).to.equal("file");
    await isFree(project());
  });

  it("ends a run that waits for another one", async () => {
    const holder = project();
    const holding = hang(holder, "command");
    await isBegun();
    const root = project();
    const waiting = start(root, steps, ["--lock-timeout", "100"]);
    const runs = path.join(root, ".kubeplay/runs");
    const said = () =>
      existsSync(runs) &&
      readdirSync(runs).some((run) =>
        readFileSync(path.join(runs, run, "events.jsonl"), "utf8").includes("Waiting for"),
      );
    await until("it says that it waits", said);
    const { output } = await endsInOrder(root, waiting, "SIGTERM");
    expect(output).to.include("Waiting for engine-1: it is locked by");
    await endsInOrder(holder, holding, "SIGTERM");
  });

  describe("during the connection", () => {
    let server: Server;
    const sockets = new Set<Socket>();
    const port = () => (server.address() as AddressInfo).port;
    /** A project with a host that never answers, beside one that does. */
    const withSilent = (vars: object) => {
      const root = project(["engine-1"], vars);
      const file = path.join(root, "hosts.yaml");
      const { all } = JSON.parse(readFileSync(file, "utf8")) as { all: { hosts: Record<string, object> } };
      all.hosts.silent = { ansible_host: "127.0.0.1", ansible_port: port(), ansible_host_key_checking: false };
      writeFileSync(file, JSON.stringify({ all }));
      return root;
    };

    beforeEach(
      () =>
        new Promise<void>((resolve) => {
          server = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
          server.listen(0, "127.0.0.1", resolve);
        }),
    );
    afterEach(() => {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      server.close();
    });

    for (const signal of signals)
      it(`${signal} ends a run whose host does not answer`, async () => {
        const root = withSilent({ ansible_ssh_timeout: 1000 });
        const running = hang(root, "nothing");
        while (sockets.size === 0) await sleep(50);
        const { output } = await endsInOrder(root, running, signal);
        expect(output).to.include('Not begun on silent: "Hang".').and.include("Not done on engine-1: 1 task");
        await isFree(project());
      });

    it("ends a run that waits for a host to come up", async () => {
      const root = withSilent({ ansible_ssh_timeout: 1 });
      const running = hang(root, "nothing");
      while (sockets.size < 2) await sleep(50);
      await endsInOrder(root, running, "SIGTERM");
    });
  });
});
