import { expect } from "chai";
import { defineRole, file, type Role, type RoleContext } from "kubeplay";
import { InputError, TaskError } from "#engine/errors.ts";
import { callRole } from "#engine/runner/plan/call-role.ts";

describe("the tasks of a role", () => {
  const called = (tasks: () => unknown) =>
    callRole(
      defineRole({ name: "app", description: "", vars: {}, tasks: tasks as Role["tasks"] }),
      {} as RoleContext<unknown>,
    );
  const errorOf = (tasks: () => unknown): Error => {
    try {
      called(tasks);
    } catch (error) {
      return error as Error;
    }
    return new Error("it did not fail");
  };

  it("are the list that its function returns", () => {
    const tasks = [file("Write it", { dest: "/x", content: "" })];
    expect(called(() => tasks)).to.equal(tasks);
  });

  it("are no promise and nothing else but a list", () => {
    expect(errorOf(() => Promise.resolve([])).message).to.equal(
      "the tasks of the role app are a promise: it must not be async; expected a list of tasks",
    );
    expect(errorOf(() => undefined)).to.be.instanceOf(TaskError);
    expect(errorOf(() => undefined).message).to.include("are undefined; expected a list of tasks");
  });

  it("cannot be listed if it throws what nobody expected, which is told with its place", () => {
    const cause = new TypeError("no such thing");
    const error = errorOf(() => {
      throw cause;
    });
    expect(error).to.be.instanceOf(TaskError).and.to.include({ cause });
    expect(error.message).to.match(
      /call-role\.spec\.ts:\d+:\d+: the tasks of the role app cannot be listed: TypeError: no such thing$/,
    );
    cause.stack = "";
    expect(errorOf(() => { throw cause; }).message).to.match(/^the tasks of the role app cannot be listed/); // prettier-ignore
  });

  it("cannot be listed either if it throws an error for people, which stays as it is, or what is no error", () => {
    for (const thrown of [new TaskError("it is too old"), new InputError([{ message: "wrong" }]), "a text"])
      expect(
        errorOf(() => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- a role may do so
          throw thrown;
        }),
      ).to.equal(thrown);
  });
});
