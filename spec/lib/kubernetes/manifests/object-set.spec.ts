import { expect } from "chai";
import { compare, objectSet } from "#kubernetes/manifests/object-set.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { FakeApi } from "../api/fake-api.ts";
import { label, motd, place, definition, wall, set, withApi, keep, states } from "./one-set.ts";

describe("a set of objects", () => {
  it("is asked under a short name, whatever is in it", () => {
    const { key } = objectSet(set(motd("x".repeat(5000))));
    expect(key).to.have.length.below(80).and.match(/^web /);
    expect(objectSet(set(motd("y"))).key).not.to.equal(key);
  });

  it("has, beside its objects, one that says of which kinds they are", async () => {
    const api = new FakeApi();
    expect(await states(api, set(motd()))).to.deep.equal({ motd: "absent", "kubeplay-set-web": "absent" });
    await keep(api, set(motd()));
    expect(api.objects.get("/api/v1/namespaces/kube-system/configmaps/kubeplay-set-web")).to.have.nested.property(
      "data.kinds",
      "v1 ConfigMap\n",
    );
    expect(await states(api, set(motd()))).to.deep.equal({ motd: "kept", "kubeplay-set-web": "kept" });
  });

  it("is told from what somebody else wrote into its objects", async () => {
    const api = new FakeApi();
    await keep(api, set(motd()));
    Object.assign(api.objects.get(place)!.data as object, { more: "theirs" });
    expect(await states(api, set(motd()))).to.have.property("motd", "kept");
    Object.assign(api.objects.get(place)!.data as object, { text: "theirs" });
    expect(await states(api, set(motd()))).to.have.property("motd", "differs");
  });

  it("asks the API what it would make of an object only where that is not certain", async () => {
    const api = new FakeApi();
    await keep(api, set(motd()));
    const object = api.objects.get(place)!;
    const fieldsV1 = { "f:metadata": { "f:labels": { [`f:${label}`]: {} } }, "f:data": { "f:text": {} } };
    object.metadata.managedFields = [{ manager: "kubeplay", operation: "Apply", apiVersion: "v1", fieldsV1 }];
    api.dryRuns.length = 0;
    expect(await states(api, set(motd()))).to.have.property("motd", "kept");
    expect(api.dryRuns).not.to.include("motd");
    await states(api, set(motd("bye")));
    expect(api.dryRuns).to.include("motd");
  });

  it("takes over an object that was there, but no Namespace", async () => {
    const api = new FakeApi();
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    await api.ask("PATCH", "/api/v1/namespaces/web", { body: namespace });
    await api.ask("PATCH", place, { body: motd() });
    expect(await states(api, set(namespace, motd()))).to.include({ web: "kept", motd: "differs" });
    await keep(api, set(namespace, motd()));
    expect(api.objects.get(place)!.metadata.labels).to.deep.equal({ [label]: "web" });
    expect(api.objects.get("/api/v1/namespaces/web")!.metadata.labels).to.equal(undefined);
  });

  it("makes a Namespace that was not there its own", async () => {
    const api = new FakeApi();
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    await keep(api, set(namespace));
    expect(api.objects.get("/api/v1/namespaces/web")!.metadata.labels).to.deep.equal({ [label]: "web" });
    expect(await states(api, set(namespace))).to.have.property("web", "kept");
  });

  it("shares no object with another set", async () => {
    const api = new FakeApi();
    await keep(api, { ...set(motd()), set: "other" });
    const failure = await compare(api, set(motd())).catch((error: unknown) => String(error));
    expect(failure).to.contain("ConfigMap web/motd is of the set other");
  });

  it("has no object twice", async () => {
    const failure = await compare(new FakeApi(), set(motd(), motd("bye"))).catch((error: unknown) => String(error));
    expect(failure).to.contain("ConfigMap web/motd is in the set web twice");
  });

  it("puts what names no namespace into its own, or into the default one, and only what belongs to one", async () => {
    const account: Manifest = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" } };
    for (const [namespace, expected] of [
      ["web", "web"],
      [undefined, "default"],
    ] as const) {
      const wanted = { ...set(definition, wall, account), ...(namespace !== undefined && { namespace }) };
      const { members } = await withApi(new FakeApi(), wanted);
      const namespaces = members.slice(0, 3).map(({ manifest }) => manifest.metadata.namespace);
      expect(namespaces).to.deep.equal([undefined, expected, expected]);
    }
  });

  it("writes the texts of a Secret as data, where they can be compared", async () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { password: "hunter2" } };
    const { members } = await withApi(new FakeApi(), set(secret));
    expect(members[0]!.manifest)
      .to.deep.include({ data: { password: "aHVudGVyMg==" } })
      .and.not.to.have.key("stringData");
  });
});
