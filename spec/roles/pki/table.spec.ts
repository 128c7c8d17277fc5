import { expect } from "chai";
import { authorities, kubeconfigs, leaves } from "#cluster/certificate-table.ts";
import { master } from "./lab.ts";

const rows = leaves({ masters: [master(1)], domain: "cluster.local", serviceCidr: "10.96.0.0/16", extraSans: [] });

describe("the table of certificates", () => {
  it("gives each client only the name and groups by which Kubernetes identifies it", () => {
    const clients = rows.filter(({ profile }) => profile === "client");
    expect(
      Object.fromEntries(clients.map((row) => [row.name, [row.commonName, row.organizations ?? []]])),
    ).to.deep.equal({
      "etcd-healthcheck-client": ["kube-etcd-healthcheck-client", []],
      "apiserver-etcd-client": ["kube-apiserver-etcd-client", []],
      "apiserver-kubelet-client": ["kube-apiserver-kubelet-client", []],
      "front-proxy-client": ["front-proxy-client", []],
      admin: ["kubernetes-admin", ["kubeadm:cluster-admins"]],
      "super-admin": ["kubernetes-super-admin", ["system:masters"]],
      "controller-manager": ["system:kube-controller-manager", []],
      scheduler: ["system:kube-scheduler", []],
      "kube-proxy": ["system:kube-proxy", []],
      "kubelet-csr-approver": ["kubeplay:kubelet-csr-approver", []],
      "kube-nginx": ["kubeplay:kube-nginx", []],
    });
  });

  it("has system:masters once, because no rule can revoke its rights", () => {
    expect(rows.filter(({ organizations }) => organizations?.includes("system:masters"))).to.have.length(1);
  });

  it("keeps etcd's and the front proxy's trust apart from the cluster's", () => {
    const of = (ca: string): string[] => rows.filter((row) => row.ca === ca).map(({ name }) => name);
    expect(of("etcd-ca")).to.have.members([
      "master-1/etcd-server",
      "master-1/etcd-peer",
      "etcd-healthcheck-client",
      "apiserver-etcd-client",
    ]);
    expect(of("front-proxy-ca")).to.deep.equal(["front-proxy-client"]);
    expect(of("kubernetes-signing-ca")).to.deep.equal([]);
  });

  it("names each file once, after its CA, and has a certificate for every kubeconfig", () => {
    const names = [...authorities, ...rows].map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
    for (const { name, ca } of [...authorities, ...rows])
      if (ca !== undefined) expect(names.indexOf(ca)).to.be.within(0, names.indexOf(name) - 1);
    for (const { user } of kubeconfigs) expect(names).to.include(user);
  });
});
