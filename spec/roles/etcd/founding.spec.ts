import { expect } from "chai";
import { originOf } from "#engine/tasks/task.ts";
import { resolve } from "#engine/tasks/output.ts";
import type { EtcdReport } from "#cluster/etcd-report.ts";
import { etcd } from "#roles/etcd/index.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { master, namesOf, tasksOf } from "../setting.ts";
import { taskCalled } from "../tasks-of.ts";

const hosts = [master("b", "10.0.0.12"), master("a", "10.0.0.11"), master("c", "10.0.0.13")];
const name = "Check that it starts no second cluster";
const bare: EtcdReport = { etcd: { state: "not running" }, hasData: false };

/** The check, with the reports that its host knows. */
function founding(reports: Readonly<Record<string, EtcdReport>>, some = hosts) {
  const tasks = tasksOf(etcd, { hosts: some });
  const task = taskCalled(tasks, name);
  const own = originOf(taskCalled(tasks, "Ask for its member of etcd"));
  const props = resolve(task.props, (source) => {
    const report = "host" in source ? reports[source.host] : source === own ? reports.b : undefined;
    return report && { value: report };
  });
  return subject({ ...task, props: props ?? {} });
}

describe("the check before an etcd member starts", () => {
  it("comes before the member is configured, and after its certificate is there", () => {
    const names = namesOf(tasksOf(etcd, { hosts }));
    expect(names.indexOf(name)).to.be.greaterThan(names.indexOf("Copy the health check's key"));
    expect(names.indexOf(name)).to.be.lessThan(names.indexOf("Join the cluster that runs"));
    expect(names.indexOf("Join the cluster that runs")).to.be.lessThan(names.indexOf("Write its configuration"));
  });

  it("asks the masters that have not told themselves, only if its own host has no data", () => {
    const asked = Object.values(founding({ b: bare, a: bare }).needs).map(({ key }) => JSON.parse(key) as unknown);
    expect(asked).to.deep.equal([{ address: "10.0.0.13", port: 2380, unlessDataIn: "/var/lib/etcd", patience: 120 }]);
    expect(founding({ b: bare, a: bare, c: bare }).needs).to.deep.equal({});
    expect(founding({ b: bare }, hosts.slice(0, 1)).needs).to.deep.equal({});
  });

  it("decides by the answers of those that it has asked", () => {
    const reason = "curl: (28) Connection timed out";
    const check = founding({ b: bare, a: bare });
    expect(() => check.diff({ c: { state: "unclear", reason } })).to.throw(reason);
    expect(() => check.diff({ c: { state: "not running" } })).to.throw("c (10.0.0.13) runs no etcd and takes no part");
    expect(check.diff({ c: { state: "running", members: [] } })).to.deep.equal([]);
  });
});
