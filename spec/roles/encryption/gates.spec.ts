import { expect } from "chai";
import encryption from "#playbooks/encryption.ts";
import { wanted } from "#engine/runner/plan/plan.ts";
import { allRewritten } from "#roles/encryption/rewrite.ts";
import { encryptionFirst, encryptionRemove, rewriteObjects } from "#roles/encryption/index.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { master, namesOf, tasksOf } from "../setting.ts";

const hosts = [master("m-1", "10.0.0.11"), master("m-2", "10.0.0.12"), master("m-3", "10.0.0.13")];

describe("the steps from one key to another", () => {
  it("ask every master of the inventory, whichever of them a run has", () => {
    const gates = tasksOf(encryptionRemove, { hosts }).slice(0, -1);
    expect(gates.map(({ props }) => Object.keys(props).filter((name) => name.startsWith("host ")))).to.deep.equal([
      ["host m-1", "host m-2", "host m-3"],
      ["host m-1"],
    ]);
    const [gate] = tasksOf(encryptionFirst, { hosts });
    expect(Object.keys(gate!.props)).to.include.members(["host m-1", "host m-2", "host m-3"]);
  });

  it("look at what was found even if --start-at-task begins with them", () => {
    const asked = (role: typeof encryptionFirst): string[] =>
      Object.keys(tasksOf(role, { hosts }).at(-1)!.props).filter((name) => name.startsWith("report "));
    expect(asked(encryptionFirst)).to.have.length(3);
    expect(asked(encryptionRemove)).to.have.length(4);
  });

  it("are taken whatever --tags selects", () => {
    const left = encryption
      .flatMap(({ roles }) => roles)
      .filter((role) => !wanted(role.tags, { tags: ["kubelet"], skipTags: [] }, role.name));
    expect(left.map(({ name }) => name).filter((name) => name !== "preflight")).to.deep.equal([]);
  });

  it("write objects of every kind again", () => {
    expect(namesOf(tasksOf(rewriteObjects, { hosts })).filter((name) => name.startsWith("Write"))).to.have.length(2);
  });

  it("do not remove a key by which etcd still has an object", () => {
    const gate = subject(
      allRewritten("t", {
        resource: "secrets",
        path: "f",
        etcdctl: "e",
        endpoint: "u",
        seconds: 9,
        access: { kubeconfig: "k" },
      }),
    );
    const key = { provider: "secretbox", name: "key-2-b" } as const;
    const now = (by: string) => ({
      encryption: { type: "encryption", config: new Map([["secrets", [key, "identity"]]]), mode: 0o600 },
      stored: [{ namespace: "default", name: "a", by }],
    });
    expect(gate.diff(now("secretbox key-2-b"))).to.deep.equal([]);
    for (const by of ["secretbox key-1-a", "aesgcm key-2-b", "identity"])
      expect(() => gate.diff(now(by))).to.throw("1 secrets are still not written by the key of now, such as default/a");
  });

  it("do not take objects for written again that are elsewhere in etcd", () => {
    const gate = (resource: "secrets" | "configmaps") =>
      subject(
        allRewritten("t", {
          resource,
          path: "f",
          etcdctl: "e",
          endpoint: "u",
          seconds: 9,
          access: { kubeconfig: "k" },
        }),
      );
    const now = { encryption: { type: "encryption", config: new Map(), mode: 0o600 }, stored: [] };
    expect(gate("secrets").diff(now)).to.deep.equal([]);
    expect(() => gate("configmaps").diff(now)).to.throw("the older keys stay. Is etcd-prefix among");
  });
});
