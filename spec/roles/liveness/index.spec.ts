import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { renderTemplate } from "#engine/template/index.ts";
import { liveness } from "#roles/liveness/index.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = {
  masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } },
  nodes: { hosts: { "node-1": { ansible_host: "10.0.0.21" } } },
};

describe("the role liveness", () => {
  const probed = (host: string, ...extraVars: string[]) =>
    (
      taskCalled(tasksOf(liveness, { inventory, host, extraVars }), "Write the check").props as {
        values: { probes: readonly { name: string; command: string }[] };
      }
    ).values.probes;
  const names = (...given: Parameters<typeof probed>) => probed(...given).map(({ name }) => name);

  it("looks at what a host runs; the kubelet has a watchdog of its own", () => {
    const nodes = ["containerd", "kube-proxy"];
    expect(names("node-1")).to.deep.equal(nodes);
    expect(names("master-1")).to.deep.equal([
      ...nodes,
      ...["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"],
    ]);
    expect(names("node-1", "kube_proxy_replacement=true")).to.deep.equal(["containerd"]);
  });

  it("asks for nothing that depends on another component: without etcd, no API server is killed", () => {
    const command = (name: string) => probed("master-1").find((one) => one.name === name)?.command;
    expect(command("kube-apiserver")).to.include("https://10.0.0.11:6443/livez?exclude=etcd");
    expect(command("etcd")).to.include("http://127.0.0.1:2381/livez");
  });
});

describe("the check of a host's components", () => {
  const folder = temporaryFolder();
  const program = (name: string, text: string): void =>
    writeFileSync(`${folder}/${name}`, `#!/bin/bash\n${text}\n`, { mode: 0o755 });

  /** Runs the check of a unit whose probe answers so, one try after the other. */
  function looked(answers: string, { active = "active", age = 1000 } = {}) {
    for (const name of ["tries", "killed"]) rmSync(`${folder}/${name}`, { force: true });
    const here = `cd "$(dirname "$0")"`;
    program(
      "answer",
      `${here}; echo >> tries; n=$(wc -l < tries); a=${answers}; echo "no answer $n"; [ "\${a:n-1:1}" = y ]`,
    );
    program("sleep", "true");
    program(
      "systemctl",
      `${here}; case $1 in kill) echo "$*" >> killed ;; show) read -r now rest </proc/uptime
echo ActiveState=${active}; echo ActiveEnterTimestampMonotonic=$(( (\${now%.*} - ${String(age)}) * 1000000 )) ;; esac`,
    );
    const script = renderTemplate("roles/liveness/templates/kubeplay-liveness.hbs", {
      ...{ failures: 3, period: 1, grace: 120, probes: [{ name: "x", command: "answer" }] },
    });
    const { stdout, stderr } = spawnSync("bash", ["-c", script], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${String(process.env.PATH)}` },
    });
    let killed = "";
    try {
      killed = readFileSync(`${folder}/killed`, "utf8").trim();
    } catch {
      // It was not killed.
    }
    return { killed, said: stdout + stderr };
  }

  it("says nothing of one that answers", () => expect(looked("y")).to.deep.equal({ killed: "", said: "" }));

  it("kills one that does not answer several times in a row", () => {
    const { killed, said } = looked("nnn");
    expect(killed).to.equal("kill --kill-whom=main --signal=KILL -- x");
    expect(said).to.include("<4>x does not answer (3 of 3): no answer 3").and.include("<3>x is killed");
  });

  it("leaves alone one that answers in between", () => expect(looked("nny").killed).to.equal(""));

  for (const [what, state] of [
    ["is stopped", { active: "inactive" }],
    ["waits for its next start", { active: "activating" }],
    ["was started a moment ago", { age: 5 }],
  ] as const)
    it(`leaves alone one that ${what}`, () => expect(looked("nnn", state)).to.deep.equal({ killed: "", said: "" }));
});
