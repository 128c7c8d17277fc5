import { expect } from "chai";
import { compare, objectSet } from "#kubernetes/manifests/object-set.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { FakeApi } from "../api/fake-api.ts";
import { label, motd, place, definition, wall, set, withApi, keep, states } from "./one-set.ts";

describe("a set of objects", () => {
  it("has a short query key, whatever its content", () => {
    const { key } = objectSet(set(motd("x".repeat(5000))));
    expect(key).to.have.length.below(80).and.match(/^web /);
    expect(objectSet(set(motd("y"))).key).not.to.equal(key);
  });

  it("has an additional object that records the kinds of its objects", async () => {
    const api = new FakeApi();
    expect(await states(api, set(motd()))).to.deep.equal({ motd: "absent", "kubeplay-set-web": "absent" });
    await keep(api, set(motd()));
    expect(api.objects.get("/api/v1/namespaces/kube-system/configmaps/kubeplay-set-web")).to.have.nested.property(
      "data.kinds",
      "v1 ConfigMap\n",
    );
    expect(await states(api, set(motd()))).to.deep.equal({ motd: "kept", "kubeplay-set-web": "kept" });
  });

  it("ignores fields that others add to its objects, but not changes of its own fields", async () => {
    const api = new FakeApi();
    await keep(api, set(motd()));
    Object.assign(api.objects.get(place)!.data as object, { more: "theirs" });
    expect(await states(api, set(motd()))).to.have.property("motd", "kept");
    Object.assign(api.objects.get(place)!.data as object, { text: "theirs" });
    expect(await states(api, set(motd()))).to.have.property("motd", "differs");
  });

  it("dry-runs an object only if it may differ", async () => {
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

  it("takes over an existing object, but not an existing Namespace", async () => {
    const api = new FakeApi();
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    await api.ask("PATCH", "/api/v1/namespaces/web", { body: namespace });
    await api.ask("PATCH", place, { body: motd() });
    expect(await states(api, set(namespace, motd()))).to.include({ web: "kept", motd: "differs" });
    await keep(api, set(namespace, motd()));
    expect(api.objects.get(place)!.metadata.labels).to.deep.equal({ [label]: "web" });
    expect(api.objects.get("/api/v1/namespaces/web")!.metadata.labels).to.equal(undefined);
  });

  it("owns a Namespace that it created", async () => {
    const api = new FakeApi();
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    await keep(api, set(namespace));
    expect(api.objects.get("/api/v1/namespaces/web")!.metadata.labels).to.deep.equal({ [label]: "web" });
    expect(await states(api, set(namespace))).to.have.property("web", "kept");
  });

  it("cannot share an object with another set", async () => {
    const api = new FakeApi();
    await keep(api, { ...set(motd()), set: "other" });
    const failure = await compare(api, set(motd())).catch((error: unknown) => String(error));
    expect(failure).to.contain("ConfigMap web/motd is in the set other");
  });

  it("cannot contain an object twice", async () => {
    const failure = await compare(new FakeApi(), set(motd(), motd("bye"))).catch((error: unknown) => String(error));
    expect(failure).to.contain("ConfigMap web/motd is in the set web twice");
  });

  it("puts namespaced objects without a namespace into the set's namespace, or into default", async () => {
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

  it("writes stringData of a Secret as data, which can be compared", async () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { password: "hunter2" } };
    const { members } = await withApi(new FakeApi(), set(secret));
    expect(members[0]!.manifest)
      .to.deep.include({ data: { password: "aHVudGVyMg==" } })
      .and.not.to.have.key("stringData");
  });
});
