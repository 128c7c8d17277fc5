import { expect } from "chai";
import { handler, restart } from "kubeplay";
import { PendingHandlers } from "#engine/runner/handlers/pending-handlers.ts";
import { handlerKey } from "#engine/runner/plan/plan.ts";

const roleId = "app";
const named = (name: string) => handler(name, restart(name, { name: "app" }));
const again = named("Restart it");
const other = named("Reload it");
const keyOf = (one: typeof again): string => handlerKey({ roleId, handler: one });
const by = { kind: "service", label: "app.service", what: "state" };

describe("the notified handlers of a host", () => {
  let remembered: string[][] = [];
  const pending = (...owed: readonly (typeof again)[]): PendingHandlers => {
    remembered = [];
    return new PendingHandlers(new Set(owed.map(keyOf)), (keys) => remembered.push([...keys]));
  };
  const planned = (one: typeof again) => ({ roleId, handler: one }) as Parameters<PendingHandlers["isSettled"]>[0];

  it("are those of earlier runs and of this one, until they are done", () => {
    const handlers = pending(other);
    handlers.add(roleId, [again]);
    expect([again, other].map((one) => handlers.has(planned(one)))).to.deep.equal([true, true]);
    expect([...handlers.own]).to.deep.equal([keyOf(again)]);
    handlers.done(planned(other));
    handlers.done(planned(again));
    expect(remembered).to.deep.equal([[keyOf(other), keyOf(again)], [keyOf(again)], []]);
    expect(handlers.has(planned(again))).to.equal(false);
  });

  it("lose a notification that is taken back, and keep those of others", () => {
    const handlers = pending();
    const first = handlers.add(roleId, [again]);
    const second = handlers.add(roleId, [again]);
    first();
    expect(handlers.has(planned(again))).to.equal(true);
    second();
    expect(handlers.has(planned(again))).to.equal(false);
    expect(remembered.at(-1)).to.deep.equal([]);
    const owed = pending(again);
    owed.add(roleId, [again])();
    expect(owed.has(planned(again)), "an earlier run's").to.equal(true);
    expect([...owed.own]).to.deep.equal([]);
  });

  it("change nothing if none is notified", () => {
    const handlers = pending();
    handlers.add(roleId, [])();
    expect(remembered).to.deep.equal([]);
  });

  it("are taken over from another run, but for this run's own", () => {
    const handlers = pending(other);
    handlers.add(roleId, [again]);
    handlers.takeOver(new Set([keyOf(again), "app\0Third"]));
    expect(remembered.at(-1)).to.have.members([keyOf(again), "app\0Third"]);
    expect([...handlers.own]).to.deep.equal([keyOf(again)]);
  });

  it("are settled by a change after the last notification, and by none before it", () => {
    const handlers = pending();
    handlers.changed("service", "app.service", ["state"]);
    handlers.add(roleId, [again]);
    expect(handlers.isSettled(planned(again), by)).to.equal(false);
    handlers.changed("service", "app.service", ["state"]);
    expect(handlers.isSettled(planned(again), by)).to.equal(true);
    handlers.add(roleId, [again]);
    expect(handlers.isSettled(planned(again), by)).to.equal(false);
  });

  it("are settled by a change of this kind, subject and property only", () => {
    const handlers = pending(again);
    handlers.changed("unit", "app.service", ["state"]);
    handlers.changed("service", "b.service", ["state"]);
    handlers.changed("service", "app.service", ["enabled"]);
    expect(handlers.isSettled(planned(again), by)).to.equal(false);
    const { kind, label } = by;
    expect(handlers.isSettled(planned(again), { kind, label }), "any property").to.equal(true);
  });
});
