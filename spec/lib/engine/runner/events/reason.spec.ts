import { expect } from "chai";
import { TaskError, TransientError, UnreachableError } from "#engine/errors.ts";
import { failureOf, reasonOf } from "#engine/runner/events/reason.ts";
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

  it("is transient for each failure of a wait, but for a host that rejects its user for good", () => {
    const waiting = defineResource({
      kind: "wait",
      label: () => "it",
      needs: () => ({}),
      diff: () => [],
      apply: () => [],
      forecast: () => ({}),
      waits: true,
    })("Wait", {});
    const isTransient = (error: unknown, of = waiting) => failureOf(error, of, {}).transient;
    expect(isTransient(new TaskError("not yet"))).to.equal(true);
    expect(isTransient(new UnreachableError("a", "it is gone"))).to.equal(true);
    expect(isTransient(new UnreachableError("a", "the key is rejected", { final: true }))).to.equal(false);
    expect(failureOf(new UnreachableError("a", "it is gone"), task, props).transient).to.equal(true);
  });

  it("has no hint if that cannot be made", () => {
    const broken = defineResource({
      kind: "broken",
      label: () => "it",
      needs: () => ({}),
      diff: () => [],
      apply: () => [],
      forecast: () => ({}),
      hint: () => {
        throw new Error("no hint");
      },
    })("x", {});
    expect(failureOf(new TaskError("it was refused"), broken, {}).message).to.equal("it was refused");
  });

  it("names the place of an unexpected error, and shows anything else that is thrown", () => {
    expect(reasonOf(new TypeError("x is not a function"))).to.match(
      /^unexpected TypeError: x is not a function \(at .*reason\.spec\.ts:\d+:\d+\)?/,
    );
    const placeless = new Error("lost");
    delete placeless.stack;
    expect(reasonOf(placeless)).to.equal("unexpected Error: lost");
    expect(reasonOf("a text")).to.equal("a text");
  });

  it("has no hint if the host cannot be reached, or if the props are unknown", () => {
    expect(failureOf(new UnreachableError("a", "it is gone"), task, props).message).to.equal("it is gone");
    expect(failureOf(new TransientError("it is busy"), task, undefined)).to.deep.equal({
      message: "it is busy",
      transient: true,
      steps: [],
    });
  });
});
