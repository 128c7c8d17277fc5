import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { wait } from "kubeplay";
import { staysUp } from "#engine/resources/systemd/stays-up.ts";
import { quote } from "#engine/shell/quote.ts";
import { temporaryFolder } from "../../temporary.ts";
import { subject } from "../one-resource.ts";

interface Unit {
  readonly id: string;
  readonly active: string;
  /** Seconds for which it has been active. */
  readonly up: number;
  readonly restarts?: number;
}

const bin = temporaryFolder();
const program = (name: string, text: string): void =>
  writeFileSync(`${bin}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });

/** Runs a script where systemctl shows these units, of those that are asked for, and journalctl its arguments. */
function run(script: string, ...units: readonly Unit[]) {
  const blocks = units.map(({ id, active, up, restarts = 0 }) => {
    const since = `$(( (now - ${String(up)}) * 1000000 + 999 ))`;
    const lines = [
      `NRestarts=${String(restarts)}`,
      `Id=${id}`,
      `ActiveState=${active}`,
      "ActiveEnterTimestampMonotonic=",
    ];
    return `case "$*" in *${id}*) printf '%s\\n' ${lines.join(" ")}${since} "" ;; esac`;
  });
  program("systemctl", ["read -r now rest < /proc/uptime; now=${now%.*}", ...blocks].join("\n"));
  program("journalctl", 'echo "journal: $*"');
  return spawnSync("sh", ["-c", script], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
}

describe("units that stay up", () => {
  const kubelet = { id: "kubelet.service", active: "active", up: 11 };
  const containerd = { id: "containerd.service", active: "active", up: 5000 };

  it("have been active for as long as they must", () => {
    const { status, stdout } = run(staysUp(["kubelet", "containerd"], 10), kubelet, containerd);
    expect([status, stdout]).to.deep.equal([0, ""]);
  });

  it("are not those that were started a moment ago, again and again", () => {
    const short = { ...kubelet, up: 3, restarts: 31 };
    const { status, stdout } = run(staysUp(["kubelet", "containerd"], 10), short, containerd);
    expect(status).to.equal(1);
    expect(stdout).to.equal("kubelet.service is active, up for 3 of 10 s, restarted 31 times\n");
  });

  it("are not those that wait for their next start", () => {
    const ended = { ...containerd, active: "activating", restarts: 2 };
    const { status, stdout } = run(staysUp(["kubelet", "containerd"], 0), kubelet, ended);
    expect(status).to.equal(1);
    expect(stdout).to.equal("containerd.service is activating, up for 0 of 0 s, restarted 2 times\n");
  });

  describe("in a wait", () => {
    const script = (props: Parameters<typeof wait>[1]): string => {
      const [step] = subject(wait("w", props)).rawSteps({ holds: false });
      return typeof step === "object" && "sh" in step ? step.sh : "";
    };
    const ended = { ...kubelet, active: "activating", restarts: 9 };

    it("that fails show the last words of the one that is not up, and of no other", () => {
      const waiting = script({ units: ["kubelet", "containerd"], steady: 1, timeout: 0, what: "they are up" });
      const { status, stderr } = run(waiting, ended, containerd);
      expect(status).to.equal(1);
      expect(stderr).to.include("they are up: timed out after 0 s");
      expect(stderr).to.include("kubelet.service is activating, up for 0 of 1 s, restarted 9 times");
      expect(stderr).to.include("journal: --unit=kubelet.service").and.not.include("--unit=containerd.service");
    });

    it("that fails for another reason show the last words of the unit", () => {
      const waiting = script({ units: ["kubelet"], until: "echo no health; false", timeout: 0 });
      const { status, stderr } = run(waiting, kubelet);
      expect(status).to.equal(1);
      expect(stderr).to.include("no health").and.include("journal: --unit=kubelet.service");
    });

    it("need both, the units and the condition", () => {
      for (const until of ["true", "false"]) {
        const task = subject(wait("w", { units: ["kubelet"], steady: 10, until }));
        const condition = Object.values(task.needs)[0]?.key ?? "";
        expect(run(`eval ${quote(condition)}`, kubelet).status).to.equal(until === "true" ? 0 : 1);
        expect(run(`eval ${quote(condition)}`, ended).status).to.equal(1);
      }
    });

    it("are refused if their name is none", () => {
      expect(() => subject(wait("w", { units: ["a b"] }))).to.throw('"a b" is not the name of a unit');
      expect(() => subject(wait("w", {}))).to.throw("a wait requires until or units");
    });
  });
});
