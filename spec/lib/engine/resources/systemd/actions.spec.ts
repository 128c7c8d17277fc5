import { expect } from "chai";
import { daemonReload, reload, restart, run, service } from "kubeplay";
import type { AnyAction, Task } from "#engine/tasks/task.ts";
import { subject } from "../one-resource.ts";

const actionOf = ({ does }: Task): AnyAction => {
  if (!("action" in does)) throw new Error("not an action");
  return does.action;
};
const steps = (task: Task): readonly unknown[] => actionOf(task).steps(task.props);

describe("actions", () => {
  it("restart and reload a unit, with its journal if that fails", () => {
    const [script] = steps(restart("r", { name: "kubelet" }));
    expect(script)
      .to.match(/^systemctl restart -- 'kubelet.service' \|\| \{/)
      .and.to.contain("--lines=15");
    expect(steps(restart("r", { name: "a.timer", noBlock: true }))[0]).to.match(
      /^systemctl restart --no-block -- 'a.timer'/,
    );
    const [limited] = steps(restart("r", { name: "etcd", timeout: 9 })) as [{ sh: string; timeout: number }];
    expect(limited.timeout, "time for the journal").to.be.greaterThan(9);
    expect(limited.sh).to.match(
      /^timeout 9 systemctl restart -- 'etcd.service' \|\| \{ .*'etcd.service is not up 9 s after/,
    );
    expect(steps(reload("r", { name: "nginx" }))[0]).to.match(/^systemctl reload -- 'nginx.service'/);
  });

  it("are settled by the start of the service with the same label", () => {
    const label = subject(service("s", { name: "kubelet", state: "started" })).label;
    for (const task of [restart("r", { name: "kubelet" }), reload("r", { name: "kubelet.service" })])
      expect(actionOf(task).settledBy?.(task.props)).to.deep.equal({ kind: "service", label, what: "state" });
  });

  it("are named by the first line of a command, unless it is secret", () => {
    const label = (task: Task): string => actionOf(task).label(task.props);
    expect(label(run("r", { run: "a\nb" }))).to.equal("a");
    expect(label(run("r", { run: "echo pass", secret: true }))).not.to.contain("pass");
  });

  it("run a command, or make systemd read its units", () => {
    expect(steps(run("r", { run: "a\nb", timeout: 9 }))).to.deep.equal([{ sh: "a\nb", timeout: 9 }]);
    expect(steps(run("r", { run: "a", environment: { A: "b" } }))).to.deep.equal([
      { sh: "a", environment: { A: "b" } },
    ]);
    expect(steps(daemonReload("r", {}))).to.deep.equal(["systemctl daemon-reload"]);
  });
});
