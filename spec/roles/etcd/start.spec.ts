import { expect } from "chai";
import type { EtcdAnswer, EtcdMember } from "#cluster/etcd-members.ts";
import type { EtcdReport } from "#cluster/etcd-report.ts";
import { startOf, type Founding, type Master } from "#roles/etcd/start.ts";

const url = (last: number): string => `https://10.0.0.${String(last)}:2380`;
const member = (name: string, last: number, more: Partial<EtcdMember> = {}): EtcdMember => ({
  name,
  peerUrls: [url(last)],
  hasRun: name !== "",
  ...more,
});
const list = (...names: readonly string[]): string[] => names.map((name) => `${name}=${url(last[name] ?? 0)}`);
const last: Readonly<Record<string, number>> = { a: 11, b: 12, c: 13 };

const bare: EtcdReport = { etcd: { state: "not running" }, hasData: false };
const running = (...members: EtcdMember[]): EtcdReport => ({
  etcd: { state: "running", members },
  hasData: true,
  listed: members.map(({ name, peerUrls }) => `${name}=${peerUrls.join("")}`),
  state: "new",
});
const answer = (etcd: EtcdAnswer): EtcdReport => ({ etcd, hasData: false });

/** Of b, if not said otherwise; reports by the masters' names. */
function start(
  reports: Readonly<Record<string, EtcdReport | undefined>>,
  change: Partial<Founding> = {},
  away: readonly string[] = [],
) {
  const masters: Master[] = Object.entries(last).map(([name, number]) => ({
    name,
    address: `10.0.0.${String(number)}`,
    reached: !away.includes(name),
    report: reports[name],
  }));
  return startOf({ host: "b", port: 2380, dataDir: "/var/lib/etcd", replace: "", masters, ...change });
}

describe("how a member of etcd starts", () => {
  it("is in a new cluster of all masters if none has data", () => {
    const all = list("a", "b", "c");
    const founded = { state: "new", list: all, finally: all, joins: false, before: [], awaited: [] };
    expect(start({ a: bare, b: bare, c: bare })).to.deep.equal(founded);
    expect(start({ a: undefined, b: bare, c: bare }), "a failed before it could tell").to.deep.equal(founded);
  });

  it("is in the new cluster that another member has begun", () => {
    const begun = running(member("a", 11), member("b", 12, { hasRun: false }), member("c", 13, { hasRun: false }));
    expect(start({ a: begun, b: bare, c: bare })).to.include({ state: "new", joins: false });
    expect(start({ a: begun, b: bare, c: bare }, { host: "a" }).awaited).to.deep.equal([]);
  });

  describe("when one master becomes three", () => {
    const one = { a: running(member("a", 11)), b: bare, c: bare };

    it("joins after the new masters before it, with a list of exactly those that are there by then", () => {
      expect(start(one)).to.deep.equal({
        ...{ state: "existing", joins: true },
        ...{ list: list("a", "b"), finally: list("a", "b", "c") },
        ...{ before: [], awaited: [url(13)] },
      });
      expect(start(one, { host: "c" })).to.deep.equal({
        ...{ state: "existing", joins: true },
        ...{ list: list("a", "b", "c"), finally: list("a", "b", "c") },
        ...{ before: [url(12)], awaited: [url(12)] },
      });
    });

    it("leaves the first one with its own list until the others vote", () => {
      expect(start(one, { host: "a" })).to.deep.equal({
        ...{ state: "new", joins: false, list: list("a"), finally: list("a", "b", "c") },
        ...{ before: [], awaited: [url(12), url(13)] },
      });
    });

    it("does not wait for a master that takes no part", () => {
      expect(start({ a: one.a, b: bare }, { host: "a" }, ["c"])).to.deep.include({
        ...{ finally: list("a", "b"), awaited: [url(12)] },
      });
      expect(start({ a: one.a, b: undefined, c: bare }, { host: "c" }, ["b"])).to.deep.include({
        ...{ list: list("a", "c"), before: [] },
      });
    });

    it("goes on where a run was interrupted", () => {
      const added = { a: running(member("a", 11), member("", 12, { isLearner: true })), b: bare, c: bare };
      expect(start(added)).to.deep.include({ joins: true, state: "existing", list: list("a", "b"), before: [] });
      expect(start(added, { host: "c" })).to.deep.include({ list: list("a", "b", "c"), before: [url(12)] });
      const learner = running(member("a", 11), member("b", 12, { isLearner: true }));
      const begun = { ...learner, listed: list("a", "b"), state: "existing" } as const;
      expect(start({ a: learner, b: begun, c: bare })).to.deep.include({ state: "existing", joins: false });
      expect(start({ a: learner, b: begun, c: bare }, { host: "c" }).before).to.deep.equal([url(12)]);
    });
  });

  describe("when its data is gone", () => {
    const left = running(member("a", 11), member("b", 12), member("c", 13));

    it("is refused, with the way to replace it", () => {
      expect(() => start({ a: left, b: bare, c: left })).to.throw(
        /has the member b \(https:\/\/10\.0\.0\.12:2380\), but b .* has no data in \/var\/lib\/etcd: .*-e replace=b site/,
      );
    });

    it("joins as a new member if it is replaced", () => {
      expect(start({ a: left, b: bare, c: left }, { replace: "b" })).to.deep.include({
        ...{ state: "existing", joins: true, list: list("a", "c", "b"), finally: list("a", "b", "c") },
      });
    });

    it("joins at its new address if it is replaced", () => {
      const moved = running(member("a", 11), member("b", 99), member("c", 13));
      expect(() => start({ a: moved, b: bare, c: moved })).to.throw("-e replace=b site");
      expect(start({ a: moved, b: bare, c: moved }, { replace: "b" }).list).to.deep.equal(list("a", "c", "b"));
      const other = start({ a: moved, b: bare, c: moved }, { replace: "b", host: "a" });
      expect(other).to.deep.include({ list: ["a=" + url(11), "b=" + url(99), "c=" + url(13)], awaited: [url(12)] });
      expect(other.finally).to.deep.equal(list("a", "b", "c"));
    });
  });

  it("stays as it was once the member has data", () => {
    const stopped: EtcdReport = { ...bare, hasData: true, listed: list("b"), state: "existing" };
    expect(start({ a: bare, b: stopped, c: bare })).to.deep.include({
      state: "existing",
      list: list("b"),
      joins: false,
    });
    expect(start({ a: bare, b: { ...bare, hasData: true }, c: bare }).list, "restored").to.deep.equal(
      list("a", "b", "c"),
    );
  });

  it("is refused if another master may have the cluster", () => {
    const unclear = answer({ state: "unclear", reason: "curl: (28) Connection timed out" });
    expect(() => start({ a: unclear, b: bare, c: bare })).to.throw(
      /a \(10\.0\.0\.11\) gives no clear answer .*: curl: \(28\) Connection timed out\. .*repair a \(10/,
    );
    expect(() => start({ a: { ...bare, hasData: true }, b: bare, c: bare })).to.throw(
      "a (10.0.0.11) has a member's data, but its etcd does not run. If started now, b could start a second cluster: start it first",
    );
    expect(() => start({ a: bare, b: bare, c: bare }, {}, ["a"])).to.throw("takes no part in this run");
    expect(start({ a: unclear, b: bare, c: running(member("c", 13)) }), "c knows").to.include({ joins: true });
  });
});
