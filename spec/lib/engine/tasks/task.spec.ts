import { expect } from "chai";
import { block, command, handler, InputError, rollingHandler } from "kubeplay";

describe("a task", () => {
  const task = command("c", { run: "true" });

  it("becomes a user of any name that sudo can find, and of no other text", () => {
    for (const user of ["kim", "DOM\\kim", "#1000"]) expect(task.become(user).user).to.equal(user);
    for (const user of ["", "-s", "kim\nreboot", "kim\0"])
      expect(() => task.become(user)).to.throw(/become\(".*"\) is a string, expected the name of a user/);
  });
});

describe("an argument that a method of a task cannot take", () => {
  const task = command("c", { run: "true" });
  /** A play starts without a check of types. */
  const call = (of: object, method: string, value: unknown) => () =>
    (of as Readonly<Record<string, (value: unknown) => unknown>>)[method]?.(value);
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ["notify", "Restart it", 'notify(…) is a string, expected a handler, made by handler("Restart it", …)'],
    ["when", "x == y", "when(…) is a string, expected true, false or the output of a task"],
    ["when", undefined, "when(…) is undefined, expected true"],
    ["tagged", ["a", "b"], "tagged(…) is a list, expected a string"],
    ["register", "token", 'register(…) is a string, expected a name made by register("token")'],
    ["retry", 5, "retry(5) is a number, expected an object with attempts, delay, until"],
    ["retry", { retries: 5 }, "there is no retry(…).retries"],
    ["throttle", "2", "throttle(…) is a string, expected a whole number of hosts"],
    ["timeout", "60", "timeout(…) is a string, expected seconds"],
    ["delegateTo", 1, "delegateTo(1) is a number, expected a string or a host"],
    ["become", true, "become(true) is true or false, expected the name of a user"],
    ["environment", "A=b", "environment(…) is a string, expected an object"],
  ];
  for (const [method, value, message] of wrong)
    it(`is an error with its place: ${method}(${JSON.stringify(value)})`, () => {
      expect(call(task, method, value)).to.throw(InputError, message);
      expect(call(task, method, value)).to.throw("task.spec.ts:");
      if (!["retry", "register"].includes(method)) expect(call(block("b", task), method, value)).to.throw(message);
    });

  it("is an error in a handler and a block too, whose tasks are no list", () => {
    const list = [task];
    expect(() => handler("h", list as never)).to.throw("handler(…) is a list, expected a task");
    expect(() => rollingHandler("h", "x" as never)).to.throw("handler(…) is a string, expected a task");
    expect(() => block("b", list as never)).to.throw("block(…) is a list, expected a task or a block");
    expect(() => block("b", task).rescue(list as never)).to.throw("block(…) is a list");
    expect(() => block("b", task).always(handler("h", task) as never)).to.throw("block(…) is an object");
  });
});
