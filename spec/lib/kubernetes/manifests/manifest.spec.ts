import { expect } from "chai";
import { manifest, type ManifestProps } from "#kubernetes/manifests/manifest.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { subject } from "../../engine/resources/one-resource.ts";

const object: Manifest = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "motd", namespace: "web" },
  data: { text: "hello" },
};
const down = { type: "unreachable", why: "no API server answers (https://a:6443: connect ECONNREFUSED)" };
const of = (props: Partial<ManifestProps> = {}) =>
  subject(manifest("Keep it", { kubeconfig: "/k", manifest: object, ...props }));

describe("the resource manifest", () => {
  it("names the object as a person would", () => expect(of().label).to.equal("ConfigMap web/motd"));

  it("is ok where applying it would change nothing", () =>
    expect(
      of().diff({
        object: { type: "present", now: { data: { text: "hello" } }, applied: { data: { text: "hello" } } },
      }),
    ).to.be.empty);

  it("shows the object before and after where somebody changed it", () => {
    const now = { type: "present", now: { data: { text: "bye" } }, applied: { data: { text: "hello" } } };
    expect(of().diff({ object: now })).to.deep.equal([
      { what: "object", before: "data:\n  text: bye\n", after: "data:\n  text: hello\n" },
    ]);
  });

  it("is a change where the object, or its kind, is not there", () =>
    expect(of().diff({ object: { type: "absent" } })).to.have.length(1));

  it("shows nothing of a Secret", () => {
    const secret = of({ manifest: { ...object, kind: "Secret", data: { password: "cGFzcw==" } } });
    const found = secret.diff({ object: { type: "absent" } });
    expect(found[0]?.secret).to.equal(true);
    expect(JSON.stringify(found)).not.to.contain("cGFzcw");
  });

  it("is a clear error while no API answers, in check mode too", () => {
    for (const one of [of(), of({ state: "absent" })])
      expect(() => one.diff({ object: down, toCome: false })).to.throw(
        /^cannot be compared with the cluster: .*ECONNREFUSED/,
      );
  });

  it("is absent from an API that the run is to start: made where it shall be there, and not foretold to go", () => {
    expect(of().diff({ object: down, toCome: true })).to.have.length(1);
    expect(of().diff({ object: down, toCome: true })[0]?.before).to.equal(undefined);
    expect(of({ state: "absent" }).diff({ object: down, toCome: true })).to.be.empty;
  });

  it("says why the API refuses a manifest", () =>
    expect(() => of().diff({ object: { type: "refused", why: "roleRef is immutable" } })).to.throw(
      "ConfigMap web/motd is refused: roleRef is immutable",
    ));

  it("wants nothing of an absent object that shall be absent, and a deletion of one that is there", () => {
    const gone = of({ state: "absent" });
    expect(gone.diff({ object: { type: "absent" } })).to.be.empty;
    expect(gone.diff({ object: { type: "present", now: {}, applied: {} } })[0]?.after).to.equal("absent");
  });

  it("forecasts a state that needs nothing more", () => {
    for (const one of [of(), of({ state: "absent" })])
      expect(one.diff(one.forecast({ object: { type: "absent" } }))).to.be.empty;
  });
});
