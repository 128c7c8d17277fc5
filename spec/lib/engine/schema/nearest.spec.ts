import { expect } from "chai";
import { didYouMean, nearest } from "#engine/schema/nearest.ts";

const names = ["masters", "nodes", "node-1", "node-2", "kube_nginx_port"];

describe("did you mean", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["master", "masters"],
    ["Nodes", "nodes"],
    ["node-3", "node-1"],
    ["kube_nginx_prot", "kube_nginx_port"],
    ["etcd", undefined],
    ["x", undefined],
  ];
  for (const [word, expected] of cases)
    it(`suggests ${expected ?? "nothing"} for ${word}`, () => {
      expect(nearest(word, names)).to.equal(expected);
    });

  it("is a question, or an empty string", () => {
    expect(didYouMean("master", names)).to.equal('; did you mean "masters"?');
    expect(didYouMean("etcd", names)).to.equal("");
  });
});
