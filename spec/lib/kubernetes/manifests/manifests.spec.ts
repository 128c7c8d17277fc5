import { expect } from "chai";
import type { Member, MemberState, ObjectSetState } from "#kubernetes/manifests/object-set.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { manifests, type ManifestsProps } from "#kubernetes/manifests/manifests.ts";
import { subject } from "../../engine/resources/one-resource.ts";

const motd: Manifest = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "motd", namespace: "web" },
  data: { text: "hello" },
};
const of = (props: Partial<ManifestsProps> = {}) =>
  subject(manifests("Keep them", { kubeconfig: "/k", set: "web", objects: [motd], ...props }));
const reached = (
  state: MemberState,
  manifest = motd,
  pruned: object[] = [],
  held: object[] = [],
): { set: ObjectSetState } => ({
  set: {
    type: "reached",
    members: [{ manifest, state } satisfies Member],
    prune: pruned as never,
    held: held as never,
  },
});
const left = { kind: { apiVersion: "v1", kind: "Secret" }, name: "old", namespace: "web", uid: "1" };
const fixed: MemberState = { type: "refused", why: "spec is immutable", fixed: ["spec.template"], now: { a: 1 } };

describe("the resource manifests", () => {
  it("is labeled with the set's name", () => expect(of().label).to.equal("web"));

  it("is ok if all objects are kept", () => expect(of().diff(reached({ type: "kept" }))).to.be.empty);

  it("shows each object that changes, before and after", () => {
    expect(of().diff(reached({ type: "differs", now: { a: 1 }, applied: { a: 2 } }))).to.deep.equal([
      { what: "ConfigMap web/motd", before: "a: 1\n", after: "a: 2\n" },
    ]);
    const [made] = of().diff(reached({ type: "absent" }));
    expect(made).to.include({ what: "ConfigMap web/motd", before: undefined }).and.to.have.property("after");
  });

  it("names the objects that it would remove", () =>
    expect(of().diff(reached({ type: "kept" }, motd, [left]))).to.deep.equal([
      { what: "Secret web/old", before: "present", after: "absent" },
    ]));

  it("lists all removed objects in a line, and only some of the applied ones", () => {
    const { does } = manifests("Keep them", { kubeconfig: "/k", set: "web" });
    if (!("resource" in does)) throw new Error("it is an action");
    const of = (after: unknown, letters: string) =>
      Array.from(letters).map((what) => ({ what, before: undefined, after }));
    const label = (...found: ReturnType<typeof of>[]) => does.resource.labelOfChange?.(found.flat(), {});
    expect(label(of("x", "abcdefghij"))).to.equal("a, b, c, d, e, f, g, h and 2 more");
    expect(label(of("absent", "abcdefghij"))).to.equal("removed: a, b, c, d, e, f, g, h, i, j");
    expect(label(of("absent", "z"), of("x", "ab"))).to.equal("a, b; removed: z");
  });

  it("warns of an object that stays, with the objects that its removal would delete", () => {
    const { does } = manifests("Keep them", { kubeconfig: "/k", set: "web" });
    if (!("resource" in does)) throw new Error("it is an action");
    const held = { kind: { apiVersion: "v1", kind: "Namespace" }, name: "web", uid: "2", holds: ["Secret web/theirs"] };
    expect(does.resource.warnings?.(reached({ type: "kept" }, motd, [], [held]), {})).to.deep.equal([
      "Namespace web stays: removing it would also delete Secret web/theirs, which must stay. Once that is gone, the next run removes it",
    ]);
  });

  it("hides the content of a Secret, and of a secret set", () => {
    const secret = { ...motd, kind: "Secret", data: { password: "cGFzcw==" } };
    const states: MemberState[] = [{ type: "absent" }, { type: "differs", now: secret, applied: { a: "cGFzcw==" } }];
    for (const state of states)
      for (const found of [
        of().diff(reached(state, secret)),
        of({ secret: false }).diff(reached(state, secret)),
        of({ secret: true }).diff(reached(state, motd)),
      ]) {
        expect(found[0]?.secret).to.equal(true);
        expect(JSON.stringify(found)).not.to.contain("cGFzcw");
      }
  });

  it("fails with the immutable field, its object and the remedy", () =>
    expect(() => of().diff(reached(fixed))).to.throw(
      /ConfigMap web\/motd: spec\.template cannot be changed.*kubectl -n web delete configmap motd.*recreate: \["ConfigMap"\]/,
    ));

  it("recreates an object of a kind that may be recreated", () =>
    expect(of({ recreate: ["ConfigMap"] }).diff(reached(fixed))[0]?.what).to.equal(
      "ConfigMap web/motd (deleted and recreated: spec.template)",
    ));

  it("fails with the reasons why the API refuses objects, for all objects at once", () => {
    const refused: MemberState = { type: "refused", why: "unknown field dta", fixed: [], now: {} };
    const two: ObjectSetState = {
      type: "reached",
      prune: [],
      held: [],
      members: ["a", "b"].map((name) => ({ manifest: { ...motd, metadata: { name } }, state: refused })),
    };
    expect(() => of().diff({ set: two })).to.throw("ConfigMap a is refused: unknown field dta\nConfigMap b is refused");
  });

  const down = { type: "unreachable", why: "connect ECONNREFUSED" };

  it("is an error if no API answers, in check mode too", () => {
    for (const one of [of(), of({ state: "absent" })])
      expect(() => one.diff({ set: down, toCome: false })).to.throw(
        /^cannot be compared with the cluster: connect ECONNREFUSED/,
      );
  });

  it("is absent from an API that the run will start: all objects are created, and none is removed", () => {
    const found = of().diff({ set: down, toCome: true });
    expect(found.map(({ what }) => what)).to.deep.equal([
      "ConfigMap web/motd",
      "ConfigMap kube-system/kubeplay-set-web",
    ]);
    expect(found[0]?.before).to.equal(undefined);
    expect(of({ state: "absent" }).diff({ set: down, toCome: true })).to.be.empty;
  });

  it("forecasts a state without differences", () => {
    for (const now of [reached({ type: "absent" }, motd, [left]), { set: { type: "unreachable", why: "" } }])
      expect(of().diff(of().forecast(now))).to.be.empty;
  });

  it("shows only the differences of a large object, and only the size of a new one", () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`key-${String(index)}`, "some text here"]),
    );
    const [changed] = of().diff(
      reached({ type: "differs", now: { data: { ...many, a: 1 } }, applied: { data: { ...many, a: 2 } } }),
    );
    expect(changed).to.include({ before: "data:\n  a: 1\n", after: "data:\n  a: 2\n" });
    const [made] = of().diff(reached({ type: "absent" }, { ...motd, data: many }));
    expect(made?.after).to.match(/^\(\d+ KiB\)$/);
  });

  it("is refused if its name is not a valid label, or if it has no objects", () => {
    expect(() => of({ set: "Web Shop" })).to.throw(/"Web Shop" is not a valid set name/);
    expect(() => of({ objects: [] })).to.throw(/web: a set needs objects/);
    expect(() => of({ objects: [], state: "absent" })).not.to.throw();
  });
});
