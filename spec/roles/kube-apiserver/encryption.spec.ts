import { expect } from "chai";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { master, namesOf, renderedBy, tasksOf } from "../setting.ts";

const hosts = [master("m-1", "10.0.0.11")];
const flag = "encryption-provider-config";
const own = { kube_apiserver_extra_flags: { [flag]: "/etc/mine.yaml" } };

describe("kube-apiserver's encryption", () => {
  it("has the keys of the controller, unless it is not wanted", () => {
    expect(renderedBy(kubeApiserver, { hosts })).to.contain(`--${flag}=/etc/kubernetes/pki/encryption.yaml`);
    expect(namesOf(tasksOf(kubeApiserver, { hosts }))).to.include("Copy the keys of encryption at rest");
    const without = { hosts, vars: { encryption_at_rest: false, cluster_name: "not-made" } };
    expect(renderedBy(kubeApiserver, without)).not.to.contain(flag);
  });

  it("keeps the keys that a master has, also if preflight is left out, and if it is not wanted", () => {
    for (const vars of [{}, { encryption_at_rest: false, cluster_name: "not-made" }])
      expect(namesOf(tasksOf(kubeApiserver, { hosts, vars }))[0]).to.equal(
        "Check that the controller has this API server's keys of encryption",
      );
  });

  it("is one's own only without kubeplay's", () => {
    expect(() => tasksOf(kubeApiserver, { hosts, vars: own })).to.throw(
      "To keep yours, set encryption_at_rest to false",
    );
    const vars = { ...own, encryption_at_rest: false, cluster_name: "not-made" };
    expect(renderedBy(kubeApiserver, { hosts, vars })).to.contain(`--${flag}=/etc/mine.yaml`);
  });
});
