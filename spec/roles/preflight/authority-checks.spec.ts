import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { knownAuthorities, type KnownAuthorities } from "#roles/preflight/authorities.ts";
import { authority, by, type Issued } from "../../lib/engine/pki/issued.ts";
import { askNow } from "#engine/queries/define.ts";
import { temporaryFolder } from "../../lib/engine/temporary.ts";
import { good, problems, withFindings } from "./good.ts";

const clusterCa = "/etc/kubernetes/pki/ca-bundle.crt";
const etcdCa = "/etc/etcd/pki/ca.crt";

describe("preflight's check of the cluster's CA", () => {
  let own: Issued, signing: Issued, etcd: Issued, other: Issued, otherEtcd: Issued;
  before(async () => {
    own = await authority("kubernetes");
    signing = await authority("kubernetes-signing", by(own));
    etcd = await authority("etcd-ca");
    // Another controller gives its CAs the same names.
    other = await authority("kubernetes");
    otherEtcd = await authority("etcd-ca");
  });

  const known = (cluster: string): KnownAuthorities => ({
    [cluster]: { kubernetes: [own.certificate.publicKey], etcd: [etcd.certificate.publicKey] },
  });
  const bundle = (): string => own.pem + signing.pem;
  const found = (files: Readonly<Record<string, string>>, authorities: KnownAuthorities): string[] =>
    problems(withFindings({ texts: { ...good.found.texts, ...files }, authorities }));

  it("accepts hosts of this controller's cluster, and hosts of none", () => {
    expect(found({ [clusterCa]: bundle(), [etcdCa]: etcd.pem }, known("kubeplay"))).to.deep.equal([]);
    expect(found({}, known("kubeplay"))).to.deep.equal([]);
    expect(found({}, {})).to.deep.equal([]);
    expect(found({ [clusterCa]: "damaged" }, known("kubeplay"))).to.deep.equal([]);
  });

  it("accepts a CA that was renewed with the same key", async () => {
    const renewed = await authority("kubernetes", { key: own.key, days: 30 });
    expect(found({ [clusterCa]: renewed.pem }, known("kubeplay"))).to.deep.equal([]);
  });

  it("refuses a host of a cluster if the controller has no CA", () => {
    const [problem, ...others] = found({ [clusterCa]: bundle() }, {});
    expect(others).to.deep.equal([]);
    expect(problem).to.equal(
      `ClusterAuthority: the host belongs to a cluster whose CA (kubernetes, serial ${own.certificate.serial}, SHA-256 ${own.certificate.fingerprint}) is not this controller's: .kubeplay/kubeplay has no CA, and its certificates would cut the host off from that cluster. Copy the folder .kubeplay/kubeplay from the controller that made the cluster, or from its backup (restore does it where etcd is lost too); if there is none, rebuild it from the hosts: npm run play adopt. If the host is to leave that cluster, install it anew`,
    );
  });

  it("refuses a host of a cluster whose CA has the same name as the controller's", () => {
    expect(found({ [clusterCa]: other.pem }, known("kubeplay"))).to.match(
      /^ClusterAuthority: .*kubeplay has another CA/,
    );
    expect(found({ [etcdCa]: otherEtcd.pem }, known("kubeplay"))).to.match(/^ClusterAuthority: .*\(etcd-ca, /);
  });

  it("names the cluster if the CA is in another folder of this controller", () => {
    expect(found({ [clusterCa]: bundle() }, known("lab"))).to.match(
      /no CA.*The CA is in \.kubeplay\/lab: set cluster_name to lab$/,
    );
  });

  it("accepts a host whose etcd got another controller's CA, so that this controller can repair it", () => {
    expect(found({ [clusterCa]: bundle(), [etcdCa]: otherEtcd.pem }, known("kubeplay"))).to.deep.equal([]);
  });

  describe("the CAs of the controller", () => {
    const folder = temporaryFolder();
    const here = process.cwd();
    before(() => process.chdir(folder));
    after(() => process.chdir(here));

    const ask = async (): Promise<KnownAuthorities> => askNow(knownAuthorities("lab"));

    it("are none without a folder", async () => {
      expect(await ask()).to.deep.equal({});
    });

    it("are those of every cluster's folder, without files that are no certificates", async () => {
      for (const name of ["lab", "east", "runs"]) mkdirSync(path.join(".kubeplay", name, "pki"), { recursive: true });
      writeFileSync(".kubeplay/lab/pki/kubernetes-ca.crt", own.pem);
      writeFileSync(".kubeplay/lab/pki/etcd-ca.crt", etcd.pem);
      writeFileSync(".kubeplay/east/pki/kubernetes-ca.crt", other.pem);
      writeFileSync(".kubeplay/east/pki/etcd-ca.crt", "damaged");
      writeFileSync(".kubeplay/lock", "");
      expect(await ask()).to.deep.equal({
        ...known("lab"),
        east: { kubernetes: [other.certificate.publicKey], etcd: [] },
      });
    });
  });
});
