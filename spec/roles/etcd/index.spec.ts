import { expect } from "chai";
import { handlersOf } from "#engine/runner/plan/plan.ts";
import { etcd } from "#roles/etcd/index.ts";
import { master, tasksOf } from "../setting.ts";

describe("the role etcd", () => {
  const tasks = tasksOf(etcd, { hosts: [master("a", "10.0.0.11")], vars: { component_patience: 77 } });
  const handlers = handlersOf(tasks.map((task) => ({ task, role: etcd, roleId: "etcd" }) as never));

  it("restarts all members together if a CA changes, before it restarts them one by one", () => {
    expect(handlers.map(({ handler }) => [handler.name, handler.oneHostAtATime])).to.deep.equal([
      ["Restart etcd on all members", false],
      ["Restart etcd, member by member", true],
    ]);
    const together = tasks.filter((task) => task.handlers.some(({ oneHostAtATime }) => !oneHostAtATime));
    expect(together.map(({ name }) => name)).to.deep.equal(["Copy the CA"]);
  });

  it("limits each restart, as a member waits for its peers without end", () => {
    const limits = handlers.flatMap(({ handler }) =>
      handler.tasks.map(({ props }) => (props as { timeout?: number }).timeout),
    );
    expect(limits).to.deep.equal([undefined, 77, 77]);
  });
});
