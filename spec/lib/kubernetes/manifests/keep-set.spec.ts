import { expect } from "chai";
import type { Answer, AskOptions, Content } from "#kubernetes/api/answers.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { FakeApi } from "../api/fake-api.ts";
import { label, motd, place, definition, wall, set, withApi, keep, states } from "./one-set.ts";

describe("applying a set of objects", () => {
  it("records the kinds first, applies dependencies before dependents, and waits for new kinds", async () => {
    const api = new FakeApi();
    const deployment: Manifest = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "operator" } };
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    const wanted = set(wall, deployment, motd(), definition, namespace);
    expect(await states(api, wanted), "before its kind exists").to.have.property("north", "absent");
    await keep(api, wanted);
    expect(api.done).to.deep.equal(
      ["kubeplay-set-web", "web", "walls.example.org", "motd", "operator", "north"].map((name) => `PATCH ${name}`),
    );
    api.done.length = 0;
    await keep(api, wanted);
    expect(api.done, "the second time").to.be.empty;
  });

  it("removes objects that left the set, and records their kind until they are gone", async () => {
    const api = new FakeApi();
    const job: Manifest = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "once" } };
    await keep(api, set(motd(), job));
    api.done.length = 0;
    await keep(api, set(motd()));
    expect(api.done).to.deep.equal(["PATCH kubeplay-set-web", "DELETE once", "PATCH kubeplay-set-web"]);
    expect((await withApi(api, set(motd()))).prune).to.be.empty;
  });

  it("ignores objects that only have the set's label, because controllers copy labels", async () => {
    const api = new FakeApi();
    await keep(api, set(motd()));
    const copied = { ...motd(), metadata: { name: "copy", namespace: "web", uid: "9", labels: { [label]: "web" } } };
    api.objects.set("/api/v1/namespaces/web/configmaps/copy", copied);
    expect((await withApi(api, set(motd()))).prune).to.be.empty;
  });

  it("removes a whole set by its name, in reverse order", async () => {
    const api = new FakeApi();
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    const wanted = set(namespace, definition, wall, motd());
    await keep(api, wanted);
    api.done.length = 0;
    await keep(api, set());
    const order = ["north", "motd", "walls.example.org", "web", "kubeplay-set-web"];
    expect(api.done).to.deep.equal(order.map((name) => `DELETE ${name}`));
    expect(api.objects).to.be.empty;
  });

  describe("with a Namespace that the set created", () => {
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    const put = (api: FakeApi, path: string, object: Manifest) =>
      api.objects.set(path, { ...object, metadata: { ...object.metadata, uid: path } });
    const theirs = (kind: string, name: string, metadata: object = {}): Manifest => ({
      apiVersion: "v1",
      kind,
      metadata: { name, namespace: "web", ...metadata },
    });
    const secret = "/api/v1/namespaces/web/secrets/theirs";

    it("keeps the Namespace while it has objects of others, and removes it in a later run", async () => {
      const api = new FakeApi();
      await keep(api, set(namespace, motd()));
      put(api, secret, theirs("Secret", "theirs"));
      const { prune, held } = await withApi(api, set());
      expect(prune.map(({ name }) => name)).to.deep.equal(["motd"]);
      expect(held.map(({ name, holds }) => [name, holds])).to.deep.equal([["web", ["Secret web/theirs"]]]);
      await keep(api, set());
      expect([...api.objects.keys()]).to.include.members([secret, "/api/v1/namespaces/web"]);
      expect((await withApi(api, set())).prune, "the second time").to.be.empty;
      api.objects.delete(secret);
      await keep(api, set());
      expect(api.objects).to.be.empty;
    });

    it("ignores objects in it that the cluster or a controller created, or that are being deleted", async () => {
      const api = new FakeApi();
      await keep(api, set(namespace, motd()));
      const owned = { ownerReferences: [{ kind: "Deployment", name: "web" }] };
      put(api, "/api/v1/namespaces/web/configmaps/kube-root-ca.crt", theirs("ConfigMap", "kube-root-ca.crt"));
      put(api, "/api/v1/namespaces/web/serviceaccounts/default", theirs("ServiceAccount", "default"));
      put(api, "/api/v1/namespaces/web/events/started", theirs("Event", "started"));
      put(api, "/api/v1/namespaces/web/secrets/made", theirs("Secret", "made", owned));
      put(api, "/api/v1/namespaces/web/secrets/leaving", theirs("Secret", "leaving", { deletionTimestamp: "now" }));
      put(api, "/api/v1/namespaces/other/secrets/far", theirs("Secret", "far", { namespace: "other" }));
      expect(await withApi(api, set())).to.have.property("held").that.is.empty;
    });

    it("keeps the Namespace, and its kind on record, while the set itself has objects in it", async () => {
      const api = new FakeApi();
      await keep(api, set(namespace, motd()));
      await keep(api, set(motd()));
      expect((await withApi(api, set(motd()))).held[0]?.holds).to.deep.equal(["ConfigMap web/motd"]);
      expect(await states(api, set(motd()))).to.deep.equal({ motd: "kept", "kubeplay-set-web": "kept" });
      expect(api.objects.has("/api/v1/namespaces/web")).to.equal(true);
    });
  });

  it("keeps a CustomResourceDefinition while others have objects of its kind", async () => {
    const api = new FakeApi();
    await keep(api, set(definition, wall));
    const path = "/apis/example.org/v1/namespaces/garden/walls/south";
    const south = { ...wall, metadata: { name: "south", namespace: "garden", uid: "9" } };
    api.objects.set(path, south);
    await keep(api, set());
    const { held } = await withApi(api, set());
    expect(held.map(({ name, holds }) => [name, holds])).to.deep.equal([["walls.example.org", ["Wall garden/south"]]]);
    expect([...api.objects.keys()].filter((one) => one.includes("/walls/"))).to.deep.equal([path]);
  });

  it("deletes and recreates an object with a changed immutable field", async () => {
    const api = new FakeApi();
    await keep(api, set(motd()));
    api.fixed.set(place, "data");
    const { members } = await withApi(api, set(motd("bye")));
    expect(members[0]!.state).to.deep.include({ type: "refused", fixed: ["data"] });
    api.done.length = 0;
    await keep(api, set(motd("bye")));
    expect(api.done).to.deep.equal(["DELETE motd", "PATCH motd"]);
  });

  it("retries more failures in a namespace that the set creates, or whose quota it changes", async () => {
    const quota = {
      status: 403,
      body: { message: 'configmaps "motd" is forbidden: exceeded quota: q, requested: count/configmaps=1' },
    };
    const passed: Record<string, boolean | undefined> = {};
    class Listening extends FakeApi {
      override ask(method: string, path: string, content?: Content, options?: AskOptions): Promise<Answer> {
        const name = (content?.body as Manifest | undefined)?.metadata.name;
        if (method === "PATCH" && name) passed[name] = options?.alsoPasses?.(quota);
        return super.ask(method, path, content);
      }
    }
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    const elsewhere = { ...motd(), metadata: { name: "elsewhere", namespace: "other" } };
    await keep(new Listening(), set(namespace, motd(), elsewhere));
    expect(passed).to.include({ motd: true, web: undefined, elsewhere: undefined });
  });
});
