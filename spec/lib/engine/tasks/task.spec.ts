import { expect } from "chai";
import { command } from "kubeplay";

describe("a task", () => {
  const task = command("c", { run: "true" });

  it("becomes a user of any name that sudo can find, and of no other text", () => {
    for (const user of ["kim", "DOM\\kim", "#1000"]) expect(task.become(user).user).to.equal(user);
    for (const user of ["", "-s", "kim\nreboot", "kim\0"])
      expect(() => task.become(user)).to.throw(/^become\(.*\): expected the name of a user/);
  });
});
