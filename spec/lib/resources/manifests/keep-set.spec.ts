import { expect } from "chai";
import type { Manifest } from "#lib/queries/object.ts";
import { FakeApi } from "../../queries/fake-api.ts";
import { label, motd, place, definition, wall, set, withApi, keep, states } from "../../queries/one-set.ts";

describe("keeping a set of objects", () => {
  it("applies what others stand on first, waits for new kinds, and names the set's kinds before all", async () => {
    const api = new FakeApi();
    const deployment: Manifest = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "operator" } };
    const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } };
    const wanted = set(wall, deployment, motd(), definition, namespace);
    expect(await states(api, wanted), "before its kind is there").to.have.property("north", "absent");
    await keep(api, wanted);
    expect(api.done).to.deep.equal(
      ["kubeplay-set-web", "web", "walls.example.org", "motd", "operator", "north"].map((name) => `PATCH ${name}`),
    );
    api.done.length = 0;
    await keep(api, wanted);
    expect(api.done, "the second time").to.be.empty;
  });

  it("removes what the set made and has no more, and remembers its kind until it is gone", async () => {
    const api = new FakeApi();
    const job: Manifest = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "once" } };
    await keep(api, set(motd(), job));
    api.done.length = 0;
    await keep(api, set(motd()));
    expect(api.done).to.deep.equal(["PATCH kubeplay-set-web", "DELETE once", "PATCH kubeplay-set-web"]);
    expect((await withApi(api, set(motd()))).strays).to.be.empty;
  });

  it("lets be what only has the set's label: controllers copy labels", async () => {
    const api = new FakeApi();
    await keep(api, set(motd()));
    const copied = { ...motd(), metadata: { name: "copy", namespace: "web", uid: "9", labels: { [label]: "web" } } };
    api.objects.set("/api/v1/namespaces/web/configmaps/copy", copied);
    expect((await withApi(api, set(motd()))).strays).to.be.empty;
  });

  it("takes all of a set away, the other way round, with nothing but its name", async () => {
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

  it("deletes and makes anew where it was told that it may", async () => {
    const api = new FakeApi();
    await keep(api, set(motd()));
    api.fixed.set(place, "data");
    const { members } = await withApi(api, set(motd("bye")));
    expect(members[0]!.state).to.deep.include({ type: "refused", fixed: ["data"] });
    api.done.length = 0;
    await keep(api, set(motd("bye")));
    expect(api.done).to.deep.equal(["DELETE motd", "PATCH motd"]);
  });
});
