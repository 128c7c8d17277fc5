import { expect } from "chai";
import { rowsOf, type Found } from "#programs/certs/rows.ts";
import { tableOf } from "#programs/certs/table.ts";
import { usersOf } from "#programs/certs/uses.ts";
import { authority, by, issued, type Issued } from "../../engine/pki/issued.ts";

const limit = { days: 30, exact: false };
const day = 24 * 3600 * 1000;

describe("the list of certificates", () => {
  let ca: Issued, admin: Issued, server: Issued, old: Issued, kubelet: Issued;
  before(async () => {
    ca = await authority("kubernetes");
    admin = await issued("kubernetes-admin", { ...by(ca), days: 300 });
    server = await issued("kube-apiserver", { ...by(ca), dns: ["a", "b", "c"], ips: ["10.0.0.1"] });
    old = await issued("kube-apiserver", { ...by(ca), days: 400, now: new Date(Date.now() - 380 * day) });
    kubelet = await issued("system:node:n", { ...by(ca), days: 365 });
  });
  const found = (at: string, name: string, { certificate }: Issued, path = `/${name}.crt`): Found => ({
    ...{ at, path, name, certificate },
  });
  const all = (): Found[] => [
    found("controller", "cp-1/kube-apiserver", server),
    found("controller", "admin", admin),
    found("controller", "kubernetes-ca", ca),
    found("controller", "ca-bundle", ca),
    found("cp-1", "cp-1/kube-apiserver", old, "/etc/kubernetes/pki/kube-apiserver.crt"),
    found("cp-1", "cp-1/kubelet-client", kubelet, "/var/lib/kubelet/pki/kubelet-client-current.pem"),
  ];

  it("has one row for each certificate: CAs first, then the first to end, under the name of its own file", () => {
    const rows = rowsOf(all(), limit);
    expect(rows.map(({ name, daysLeft }) => [name, daysLeft])).to.deep.equal([
      ["kubernetes-ca", 3649],
      ["cp-1/kube-apiserver", 19],
      ["admin", 299],
      ["cp-1/kube-apiserver", 364],
      ["cp-1/kubelet-client", 364],
    ]);
    expect(rows[0]!.files).to.deep.equal(["controller:/kubernetes-ca.crt", "controller:/ca-bundle.crt"]);
    expect(rows[3]).to.deep.include({ sans: ["a", "b", "c", "10.0.0.1"], ca: "kubernetes", usedBy: "kube-apiserver" });
  });

  it("marks those that near their end by the inventory's limit, or by the days of the command line", () => {
    const near = (which: typeof limit) => rowsOf(all(), which).filter(({ nearsEnd }) => nearsEnd).length;
    expect(near(limit)).to.equal(1);
    expect(near({ days: 300, exact: false })).to.equal(1);
    expect(near({ days: 300, exact: true })).to.equal(2);
    expect(near({ days: 19, exact: true })).to.equal(0);
  });

  it("counts a certificate that has ended, whatever the limit", async () => {
    const ended = await issued("x", { days: 5, now: new Date(Date.now() - 8.5 * day) });
    const rows = rowsOf([found("controller", "x", ended)], { days: 0, exact: true });
    expect(rows[0]).to.include({ nearsEnd: true, daysLeft: -4 });
    expect(tableOf(rows, limit)[1]).to.contain("EXPIRED");
  });

  it("names copies on hosts that the controller no longer has, but no kubelet's", () => {
    const lines = tableOf(rowsOf(all(), { days: 1, exact: true }), { days: 1, exact: true });
    expect(lines.filter((line) => line.endsWith("old copy: play site"))).to.have.length(1);
    expect(lines.find((line) => line.startsWith("cp-1/kubelet-client"))).to.match(/cp-1$/);
  });

  it("tells who uses a certificate", () => {
    const users = [
      "cp-1/etcd-peer",
      "etcd-ca-previous",
      "admin",
      "addons/registry",
      "cp-2/kubelet-server",
      "strange",
    ].map(usersOf);
    expect(users).to.deep.equal([
      "etcd",
      "etcd, kube-apiserver: still trusted, until it is dropped",
      "admin.kubeconfig",
      "registry",
      "kubelet, which renews it",
      "",
    ]);
  });
});
