import { expect } from "chai";
import { command } from "kubeplay";
import { Outputs, type Registered } from "#engine/runner/state/outputs.ts";

describe("the outputs of a host", () => {
  const one = command("One", { run: "true" });
  const two = command("Two", { run: "true" });
  let registered: Registered;
  beforeEach(() => (registered = new Map()));

  it("are kept for those who read them", () => {
    const outputs = new Outputs("a", registered, (task) => task === one);
    outputs.keep(one, "1");
    outputs.keep(two, "2");
    expect(outputs.of(one)).to.deep.equal({ value: "1", secret: false });
    expect(outputs.of(two)).to.equal(undefined);
    outputs.keep(one, undefined);
    expect(outputs.of(one), "no output is none").to.deep.equal({ value: "1", secret: false });
  });

  it("count as secrets if their task has one", () => {
    const outputs = new Outputs("a", registered);
    outputs.hide(one);
    outputs.keep(one, "1");
    outputs.keep(two, "2");
    expect([one, two].map((task) => outputs.of(task)?.secret)).to.deep.equal([true, false]);
  });

  it("are those of the task, whatever options were added to it", () => {
    const outputs = new Outputs("a", registered);
    outputs.keep(one.tagged("slow"), "1");
    expect(outputs.of(one)?.value).to.equal("1");
    expect(outputs.made(one.output.source)?.value).to.equal("1");
  });

  it("of another host are shared if there are any", () => {
    const outputs = new Outputs("a", registered);
    outputs.share(one, undefined);
    expect(outputs.of(one)).to.equal(undefined);
    outputs.share(one, { value: "1", secret: true });
    expect(outputs.of(one)).to.deep.equal({ value: "1", secret: true });
  });
});
