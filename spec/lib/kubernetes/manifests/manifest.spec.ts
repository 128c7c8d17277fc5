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
  it("is labeled with the object's kind, namespace and name", () => expect(of().label).to.equal("ConfigMap web/motd"));

  it("is ok if applying the manifest would change nothing", () =>
    expect(
      of().diff({
        object: { type: "present", now: { data: { text: "hello" } }, applied: { data: { text: "hello" } } },
      }),
    ).to.be.empty);

  it("shows the object before and after if it differs", () => {
    const now = { type: "present", now: { data: { text: "bye" } }, applied: { data: { text: "hello" } } };
    expect(of().diff({ object: now })).to.deep.equal([
      { what: "object", before: "data:\n  text: bye\n", after: "data:\n  text: hello\n" },
    ]);
  });

  it("is a change if the object or its kind does not exist", () =>
    expect(of().diff({ object: { type: "absent" } })).to.have.length(1));

  it("hides the content of a Secret", () => {
    const secret = of({ manifest: { ...object, kind: "Secret", data: { password: "cGFzcw==" } } });
    const found = secret.diff({ object: { type: "absent" } });
    expect(found[0]?.secret).to.equal(true);
    const asked = of({ manifest: { ...object, kind: "Secret", data: { password: "cGFzcw==" } }, secret: false });
    expect(asked.diff({ object: { type: "absent" } })[0]).to.deep.include({ secret: true, after: "(secret)" });
    expect(JSON.stringify(found)).not.to.contain("cGFzcw");
  });

  it("is an error if no API answers, in check mode too", () => {
    for (const one of [of(), of({ state: "absent" })])
      expect(() => one.diff({ object: down, toCome: false })).to.throw(
        /^cannot be compared with the cluster: .*ECONNREFUSED/,
      );
  });

  it("is absent from an API that the run will start: it is created if present, and not removed if absent", () => {
    expect(of().diff({ object: down, toCome: true })).to.have.length(1);
    expect(of().diff({ object: down, toCome: true })[0]?.before).to.equal(undefined);
    expect(of({ state: "absent" }).diff({ object: down, toCome: true })).to.be.empty;
  });

  it("fails with the reason why the API refuses a manifest", () =>
    expect(() => of().diff({ object: { type: "refused", why: "roleRef is immutable" } })).to.throw(
      "ConfigMap web/motd is refused: roleRef is immutable",
    ));

  it("with the state absent, deletes an existing object and ignores a missing one", () => {
    const gone = of({ state: "absent" });
    expect(gone.diff({ object: { type: "absent" } })).to.be.empty;
    expect(gone.diff({ object: { type: "present", now: {}, applied: {} } })[0]?.after).to.equal("absent");
  });

  it("forecasts a state without differences", () => {
    for (const one of [of(), of({ state: "absent" })])
      expect(one.diff(one.forecast({ object: { type: "absent" } }))).to.be.empty;
  });
});
