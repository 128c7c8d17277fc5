import { expect } from "chai";
import { queries, TaskError } from "kubeplay";

describe("a query without a subject", () => {
  for (const name of [
    "path",
    "content",
    "user",
    "group",
    "unit",
    "kernelModule",
    "packageNamed",
    "mount",
    "probe",
  ] as const)
    it(`is refused in words: ${name}`, () => {
      const make = queries[name] as (key: unknown) => unknown;
      expect(() => make(undefined)).to.throw(TaskError);
      expect(() => make({ name: "x" })).to.throw(TaskError);
    });
});
