import { expect } from "chai";
import type { EtcdMember } from "#cluster/etcd-members.ts";
import { reportKey, type EtcdReport } from "#cluster/etcd-report.ts";
import { mastersFit } from "#roles/preflight/master-checks.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";
import { master } from "../setting.ts";

const masters = [master("a", "10.0.0.11"), master("b", "10.0.0.12"), master("c", "10.0.0.13")];
const member = (name: string, last: number, hasRun = true): EtcdMember => ({
  name,
  peerUrls: [`https://10.0.0.${String(last)}:2380`],
  hasRun,
});
const bare: EtcdReport = { etcd: { state: "not asked" }, hasData: false };
const running = (...members: EtcdMember[]): EtcdReport => ({ etcd: { state: "running", members }, hasData: true });

interface Scene {
  readonly hosts?: typeof masters;
  readonly replace?: string;
  readonly ignored?: readonly string[];
}

const check = (
  reports: Readonly<Record<string, EtcdReport>>,
  { hosts = masters, replace = "", ignored = [] }: Scene = {},
) =>
  subject(
    mastersFit("Check", {
      masters: hosts,
      peerPort: 2380,
      dataDir: "/var/lib/etcd",
      replace,
      ignored,
      ...Object.fromEntries(Object.entries(reports).map(([name, report]) => [reportKey(name), report])),
    }),
  ).diff({});

describe("preflight's check of all masters together", () => {
  const whole = running(member("a", 11), member("b", 12), member("c", 13));

  it("passes for bare hosts, for a whole cluster, for new masters, and while a master is not there", () => {
    expect(check({ a: bare, b: bare, c: bare })).to.deep.equal([]);
    expect(check({ a: whole, b: whole, c: whole })).to.deep.equal([]);
    expect(check({ a: running(member("a", 11)), b: bare, c: bare })).to.deep.equal([]);
    expect(check({ a: whole, b: whole })).to.deep.equal([]);
  });

  it("names a master without data whose member has run, and the way to replace it", () => {
    const lost = { a: whole, b: bare, c: whole };
    expect(() => check(lost)).to.throw(
      "EtcdData: etcd has a member for b, but there is no data in /var/lib/etcd: etcd accepts no member twice. If the disk or the machine is new, let it join as a new member: npm run play -- -e replace=b site",
    );
    expect(check(lost, { replace: "b" })).to.deep.equal([]);
    expect(() => check(lost, { replace: "c" })).to.throw("for b");
    expect(check(lost, { ignored: ["EtcdData"] })).to.deep.equal([]);
  });

  it("does not take a member for lost that has never run", () => {
    expect(check({ a: running(member("a", 11), member("", 12, false)), b: bare, c: bare })).to.deep.equal([]);
    expect(check({ a: running(member("a", 11), member("b", 12, false)), b: bare, c: bare })).to.deep.equal([]);
  });

  it("refuses an even number of masters if none has a member, and never while a cluster is mended", () => {
    const two = masters.slice(0, 2);
    expect(() => check({ a: bare, b: bare }, { hosts: two })).to.throw("EtcdMembers: the group masters has 2 hosts");
    const left = running(member("a", 11), member("b", 12));
    expect(check({ a: left, b: bare }, { hosts: two, replace: "b" })).to.deep.equal([]);
  });
});
