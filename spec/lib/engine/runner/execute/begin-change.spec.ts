import { expect } from "chai";
import { handler, restart, service } from "kubeplay";
import { TaskError } from "#engine/errors.ts";
import { beginChange, type BeginOptions } from "#engine/runner/execute/begin-change.ts";
import { PendingHandlers } from "#engine/runner/handlers/pending-handlers.ts";
import type { PlannedTask } from "#engine/runner/plan/plan.ts";
import type { Task } from "#engine/tasks/task.ts";

const again = handler("Restart it", restart("Restart it", { name: "app" }));
const planned = (task: Task): PlannedTask =>
  ({ id: "1", roleId: "app", role: { name: "app" }, task, tags: [], handler: false }) as unknown as PlannedTask;

describe("the beginning of a change", () => {
  const order: string[] = [];
  let owed: ReadonlySet<string> = new Set();
  const options = (change: Partial<BeginOptions> = {}): BeginOptions => ({
    approve: () => Promise.resolve(void order.push("approved")),
    announce: () => order.push("announced"),
    pendingHandlers: new PendingHandlers(new Set(), (pending) => {
      order.push("notified");
      owed = pending;
    }),
    ...change,
  });
  beforeEach(() => {
    order.splice(0);
    owed = new Set();
  });

  for (const task of [
    service("Start it", { name: "app", state: "started" }).notify(again),
    restart("Restart another", { name: "other" }).notify(again),
  ])
    it(`is approved, announced and notified in this order: ${task.name}`, async () => {
      const takeBack = await beginChange({ planned: planned(task), differences: [], steps: ["true"] }, options());
      expect(order).to.deep.equal(["approved", "announced", "notified"]);
      expect([...owed]).to.have.length(1);
      takeBack();
      expect([...owed]).to.deep.equal([]);
    });

  it("ends before the notification if it is not approved", async () => {
    const approve = () => Promise.reject(new TaskError("it is not in the plan"));
    const change = {
      planned: planned(restart("Restart it", { name: "app" }).notify(again)),
      differences: [],
      steps: [],
    };
    const refused: unknown = await beginChange(change, options({ approve })).catch((error: unknown) => error);
    expect(refused).to.be.an.instanceof(TaskError);
    expect(order).to.deep.equal([]);
    expect([...owed]).to.deep.equal([]);
  });
});
