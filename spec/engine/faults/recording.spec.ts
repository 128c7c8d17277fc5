import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { clear, folder } from "../../lib/engine/runner/stage.ts";
import { on } from "../lab/host.ts";
import { projectIn } from "../lab/project.ts";

const program = path.resolve("lib/engine/cli/kubeplay.mjs");
const playbook = path.resolve("spec/engine/faults/playbooks/talkative.ts");

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly events: readonly { readonly type: string }[];
  readonly summary: () => {
    readonly code: number;
    readonly unfinished: readonly string[];
    readonly unrecorded: string;
  };
  readonly retry: () => string;
}

/** What a run does is known only from its records: a run that cannot write them ends in order. */
describe("a run that cannot be recorded", function () {
  this.timeout(600_000);
  const onHosts = (command: string) => Promise.all(["engine-1", "engine-2"].map((host) => on(host, command)));
  const project = (): string => {
    const root = folder();
    projectIn(root, ["engine-1", "engine-2"]);
    const file = path.join(root, "hosts.yaml");
    const { all } = JSON.parse(readFileSync(file, "utf8")) as { all: { hosts: Record<string, object> } };
    all.hosts.localhost = { ansible_connection: "local" };
    writeFileSync(file, JSON.stringify({ all }));
    return root;
  };
  /** Runs the program in a shell that prepares its surroundings. After a minute it is killed. */
  const run = (root: string, prepare: string, output = ""): Ended => {
    const command = `${prepare}; exec timeout -s KILL 60 ${process.execPath} ${program} ${playbook} ${output}`;
    const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" };
    // The sources must be compiled before the limits hold.
    spawnSync(process.execPath, [program, "--list-tasks", playbook], { cwd: root, env });
    const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: root, env, encoding: "utf8" });
    const runs = path.join(root, ".kubeplay/runs");
    const [id = ""] = readdirSync(runs).sort().reverse();
    const read = (name: string) => readFileSync(path.join(runs, id, name), "utf8");
    const lines = read("events.jsonl").trimEnd().split("\n");
    return {
      code: status,
      output: stdout + stderr,
      events: lines.map((line) => JSON.parse(line) as { type: string }),
      summary: () => JSON.parse(read("summary.json")) as ReturnType<Ended["summary"]>,
      retry: () => readFileSync(path.join(root, ".kubeplay/talkative.retry"), "utf8"),
    };
  };
  const finishes = (root: string) => {
    const { code, output } = run(root, ":");
    expect(code, output).to.equal(0);
  };

  beforeEach(() => onHosts("rm -rf /srv/talk"));
  afterEach(() => rmSync("/srv/talk", { recursive: true, force: true }));
  after(clear);

  it("because its log has reached a limit ends, says so, and tells the hosts that are done from the others", async () => {
    const root = project();
    const { code, output, events, summary, retry } = run(root, "ulimit -f 200");
    expect(code, output).to.equal(1);
    expect(output).to.match(/The run can no longer be recorded: .*events\.jsonl: EFBIG/);
    expect(output).to.include("PLAY RECAP").and.include("The run ended early, because it could not be recorded");
    expect(output).to.match(/Not done on \S+-1: \d+ tasks? of "Talk"/);
    expect(events.some(({ type }) => type === "run ended")).to.equal(false);
    expect(summary()).to.deep.include({ code: 1, unfinished: ["engine-1", "engine-2", "localhost"] });
    expect(summary().unrecorded).to.include("EFBIG");
    expect(retry()).to.equal("engine-1\nengine-2\nlocalhost\n");
    expect(await on("engine-1", "flock -n /run/kubeplay/lock true && echo free || echo held")).to.equal("free");
    finishes(root);
  });

  it("because the disk is full ends as well", () => {
    const root = project();
    const runs = path.join(root, ".kubeplay/runs");
    mkdirSync(runs, { recursive: true });
    const { code, output } = run(root, `mount -t tmpfs -o size=64k tmpfs ${runs}; trap 'umount ${runs}' EXIT`);
    spawnSync("umount", [runs]);
    expect(code, output).to.equal(1);
    expect(output).to.match(/The run can no longer be recorded: .*ENOSPC/);
    expect(output).to.include("PLAY RECAP");
    finishes(root);
  });

  it("because its output goes to a full disk ends as well", () => {
    const root = project();
    const { code, output, summary } = run(root, ":", "> /dev/full");
    expect(code, output).to.equal(1);
    expect(output).to.include("ENOSPC");
    expect(summary().code).to.equal(1);
    finishes(root);
  });
});
