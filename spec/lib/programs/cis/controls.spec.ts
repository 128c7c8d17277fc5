import { expect } from "chai";
import { controls, isSelected } from "#programs/cis/controls/index.ts";
import { judge, type Verdict } from "#programs/cis/judge.ts";
import { breaks, questions, type Break } from "./breaks.ts";
import { evidenceOf, rightScene, type Scene } from "./scene.ts";

const verdictOf = (number: string, change: Break = () => undefined): Verdict => {
  const scene: Scene = rightScene();
  change(scene);
  const [verdict] = judge(
    controls.filter((control) => control.number === number),
    evidenceOf(scene),
  );
  if (!verdict) throw new Error(`no control ${number}`);
  return verdict;
};
const shown = ({ result, findings }: Verdict): string => `${result}: ${findings.map(({ value }) => value).join("; ")}`;

/** No program knows the answer. */
const alwaysAsked = ["3.1.1", "5.1.7", "5.4.2", "5.6.1"];

describe("the controls of the CIS benchmark", () => {
  it("are all 131, 65 of them automated, each once", () => {
    expect(new Set(controls.map(({ number }) => number)).size).to.equal(131);
    expect(controls.filter(({ kind }) => kind === "automated")).to.have.length(65);
  });

  it("have a number of each section as in the benchmark", () => {
    const sections = [
      "1.1",
      "1.2",
      "1.3",
      "1.4",
      "2",
      "3.1",
      "3.2",
      "4.1",
      "4.2",
      "4.3",
      "5.1",
      "5.2",
      "5.3",
      "5.4",
      "5.5",
      "5.6",
    ];
    const sizes = sections.map((section) => controls.filter((control) => isSelected(control, [section])).length);
    expect(sizes).to.deep.equal([21, 30, 7, 2, 7, 3, 2, 10, 14, 1, 13, 12, 2, 2, 1, 4]);
  });

  it("have an input that makes them fail, or that only a person can judge", () => {
    const covered = [...Object.keys(breaks), ...Object.keys(questions), ...alwaysAsked];
    expect(controls.map(({ number }) => number).filter((number) => !covered.includes(number))).to.deep.equal([]);
    const automated = controls.filter(({ kind }) => kind === "automated").map(({ number }) => number);
    expect(automated.filter((number) => !(number in breaks))).to.deep.equal([]);
  });

  describe("on a cluster that is right", () => {
    for (const { number, title } of controls)
      it(`${number} ${alwaysAsked.includes(number) ? "asks a person" : "passes"}: ${title}`, () => {
        const verdict = verdictOf(number);
        expect(verdict.result, shown(verdict)).to.equal(alwaysAsked.includes(number) ? "manual" : "pass");
        expect(verdict.findings[0]?.value).to.not.equal("");
      });
  });

  describe("on a cluster that is broken", () => {
    for (const [number, changes] of Object.entries(breaks))
      for (const [index, change] of changes.entries())
        it(`${number} fails (${String(index + 1)})`, () => {
          const verdict = verdictOf(number, change);
          expect(verdict.result, shown(verdict)).to.equal("fail");
        });
  });

  describe("where only a person knows", () => {
    for (const [number, change] of Object.entries(questions))
      it(`${number} asks`, () => {
        const verdict = verdictOf(number, change);
        expect(verdict.result, shown(verdict)).to.equal("manual");
      });
  });

  it("fail where a component does not run", () => {
    const stop = ({ flags }: Scene): void => Object.keys(flags).forEach((name) => Reflect.deleteProperty(flags, name));
    for (const number of ["1.2.15", "1.3.2", "1.4.1", "2.1", "4.2.1", "4.3.1", "1.2.10"])
      expect(verdictOf(number, stop).result, number).to.equal("fail");
  });

  it("do not apply without kube-proxy", () => {
    const verdict = verdictOf("4.3.1", ({ flags, units }) => {
      delete flags["kube-proxy"];
      delete units["kube-proxy"];
    });
    expect(verdict.result).to.equal("n/a");
  });

  it("fail if the API gave no answer", () => {
    const verdict = verdictOf("5.1.1", ({ lists }) => delete lists.roleBindings);
    expect(shown(verdict)).to.equal("fail: the API gave no answer");
  });
});
