import { expect } from "chai";
import { TaskError, TransientError, UnreachableError } from "#engine/errors.ts";
import { failureOf } from "#engine/runner/events/reason.ts";
import { defineResource } from "#engine/tasks/task.ts";

const push = defineResource({
  kind: "image",
  label: ({ registry }: { readonly registry: string }) => registry,
  needs: () => ({}),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  hint: ({ registry }) => `Is the registry at ${registry} running?`,
});
const task = push("Push it", { registry: "10.0.0.2:5000" });
const props = { registry: "10.0.0.2:5000" };

describe("the report of a failed task", () => {
  it("has the hint of its resource after the reason", () => {
    const { message, transient } = failureOf(new TaskError("it was refused"), task, props);
    expect(message).to.equal("it was refused\nIs the registry at 10.0.0.2:5000 running?");
    expect(transient).to.equal(false);
  });

  it("has no hint if the host cannot be reached, or if the props are unknown", () => {
    expect(failureOf(new UnreachableError("a", "it is gone"), task, props).message).to.equal("it is gone");
    expect(failureOf(new TransientError("it is busy"), task, undefined)).to.deep.equal({
      message: "it is busy",
      transient: true,
    });
  });
});
