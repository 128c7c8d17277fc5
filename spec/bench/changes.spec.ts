import { expect } from "chai";
import { changesOf as ofAnsible } from "#bench/contenders/ansible.ts";
import { changesOf as ofPyinfra } from "#bench/contenders/pyinfra.ts";

describe("the number of changes that other contenders report", () => {
  it("is the sum over the hosts of ansible's recap", () => {
    const recap = [
      "PLAY RECAP *********",
      "bench-1                    : ok=101  changed=100  unreachable=0    failed=0    skipped=0",
      "bench-10                   : ok=101  changed=7    unreachable=0    failed=0    skipped=0",
    ];
    expect(ofAnsible(recap.join("\n"))).to.equal(107);
    expect(() => ofAnsible("PLAY RECAP")).to.throw("recap");
  });

  it("is the number of pyinfra's successful operations, not of all operations", () => {
    expect(ofPyinfra("    Have a line     10   10   -   -  \n    Grand total   950   20   -   930  \n")).to.equal(20);
    expect(ofPyinfra("    Grand total   950   -   -   950  \n")).to.equal(0);
    expect(() => ofPyinfra("nothing")).to.throw("results");
  });
});
