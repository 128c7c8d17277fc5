import { expect } from "chai";
import { endInWords, nearsEnd } from "#engine/pki/life.ts";

const day = 24 * 3600 * 1000;
const of = (life: number, daysLeft: number) => {
  const notAfter = new Date(Date.UTC(2030, 0, 31));
  return { certificate: { notAfter, notBefore: new Date(notAfter.getTime() - life * day) }, daysLeft };
};

describe("the end of a certificate", () => {
  it("is near below the limit, or in the last tenth of a shorter life", () => {
    const cases: [life: number, daysLeft: number, near: boolean][] = [
      [365, 31, false],
      [365, 29.9, true],
      [365, -1, true],
      [10, 9, false],
      [10, 0.9, true],
    ];
    for (const [life, daysLeft, near] of cases)
      expect(nearsEnd(of(life, daysLeft), 30), `${String(daysLeft)} of ${String(life)} days`).to.equal(near);
  });

  it("is told as a day, with the days until then", () => {
    expect(endInWords(of(365, 12.7))).to.equal("expires on 2030-01-31, in 12 days");
    expect(endInWords(of(365, -3))).to.equal("expired on 2030-01-31");
  });
});
