import { expect } from "chai";
import { apiTrust } from "#roles/rotation/api-trust.ts";
import { masterWell, nodesWell } from "#roles/rotation/well.ts";
import { authority } from "../../lib/engine/pki/issued.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";

const access = { kubeconfig: "/none", servers: [] };

describe("a rotation", () => {
  it("is refused while a member of etcd or an API server is not well", () => {
    const check = subject(masterWell("t", { host: "m-1", etcd: "true", apiserver: "true" }));
    expect(check.diff({ etcd: true, apiserver: true })).to.deep.equal([]);
    expect(() => check.diff({ etcd: false, apiserver: true })).to.throw("the member of etcd on m-1 is not healthy");
    expect(() => check.diff({ etcd: true, apiserver: false })).to.throw("kube-apiserver on m-1 is not ready");
  });

  it("is refused without one of the hosts, and while a node is not Ready", () => {
    const found = { type: "nodes", ready: ["m-1"] };
    const check = (missing: readonly string[], ...nodes: readonly string[]) =>
      subject(nodesWell("t", { ...access, missing, nodes })).diff({ found });
    expect(check([], "m-1")).to.deep.equal([]);
    expect(() => check(["w-1"], "m-1"))
      .to.throw("has not connected to w-1")
      .with.property("message")
      .that.contains("--limit");
    expect(() => check([], "m-1", "w-1")).to.throw("these nodes are not Ready: w-1");
  });

  it("ends with the API naming the new CAs alone: API servers only add theirs", async () => {
    const [old, next, proxy] = [await authority("kubernetes"), await authority("kubernetes"), await authority("proxy")];
    const task = subject(apiTrust("t", { ...access, clients: "/pki/ca-bundle.crt", frontProxies: "/pki/fp.crt" }));
    const print = ({ certificate: { fingerprint } }: typeof old): string => fingerprint.slice(0, 12);
    const bundle = ({ certificate }: typeof old) => ({ type: "certificate", certificate, chain: [], daysLeft: 9 });
    const now = (...clients: (typeof old)[]) => ({
      found: { type: "trusted", clients: clients.map(print).sort().join(", "), frontProxies: print(proxy) },
      clients: bundle(next),
      frontProxies: bundle(proxy),
    });
    expect(task.diff(now(next))).to.deep.equal([]);
    const [difference, ...others] = task.diff(now(old, next));
    expect(others).to.deep.equal([]);
    expect(difference).to.include({ what: "clients' CAs", after: print(next) });
  });
});
