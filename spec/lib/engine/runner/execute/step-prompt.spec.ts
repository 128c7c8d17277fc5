import { expect } from "chai";
import { defineRole, file } from "kubeplay";
import { StepPrompt, type Answer } from "#engine/runner/execute/step-prompt.ts";
import type { PlannedTask } from "#engine/runner/plan/plan.ts";

describe("the question before a task", () => {
  const role = defineRole({ name: "app", description: "", vars: {}, tasks: () => [] });
  const task = (id: string): PlannedTask => ({
    id,
    role,
    roleId: "app",
    task: file(`Write ${id}`, { dest: "/x", content: "" }),
    tags: [],
    handler: false,
  });
  let asked: string[];
  let atOnce: number;
  const prompt = (...answers: Answer[]) => {
    [asked, atOnce] = [[], 0];
    return new StepPrompt(async (text) => {
      asked.push(text);
      expect(++atOnce, "one question at a time").to.equal(1);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      return answers.shift() ?? "yes";
    });
  };

  it("is asked once for all hosts, for each play anew", async () => {
    const one = prompt("yes", "no");
    const answers = [one.confirm("Play", task("1")), one.confirm("Play", task("1")), one.confirm("Other", task("1"))];
    expect(await Promise.all(answers)).to.deep.equal([true, true, false]);
    expect(asked).to.deep.equal(["app : Write 1", "app : Write 1"]);
  });

  it("is not asked any more once the answer is to continue", async () => {
    const one = prompt("continue", "no");
    const answers = ["1", "2", "3"].map((id) => one.confirm("Play", task(id)));
    expect(await Promise.all(answers)).to.deep.equal([true, true, true]);
    expect(asked).to.have.length(1);
  });

  it("is asked again after a question that failed", async () => {
    let first = true;
    const one = new StepPrompt(() => {
      if (!first) return Promise.resolve("yes");
      first = false;
      return Promise.reject(new Error("no terminal"));
    });
    const failed = one.confirm("Play", task("1")).catch((error: unknown) => (error as Error).message);
    const answers = [failed, one.confirm("Play", task("2"))];
    expect(await Promise.all(answers)).to.deep.equal(["no terminal", true]);
  });
});
