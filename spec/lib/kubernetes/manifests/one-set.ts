import { compare, type ObjectSet } from "#kubernetes/manifests/object-set.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { keepSet } from "#kubernetes/manifests/keep-set.ts";
import type { FakeApi } from "../api/fake-api.ts";

export const label = "kubeplay.dev/set";
export const motd = (text = "hello", metadata: object = {}): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "motd", namespace: "web", ...metadata },
  data: { text },
});
export const place = "/api/v1/namespaces/web/configmaps/motd";
export const definition: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "walls.example.org" },
  spec: {
    group: "example.org",
    scope: "Namespaced",
    names: { kind: "Wall", plural: "walls" },
    versions: [{ name: "v1", served: true }],
  },
};
export const wall: Manifest = {
  apiVersion: "example.org/v1",
  kind: "Wall",
  metadata: { name: "north" },
  spec: { height: 2 },
};

export const set = (...objects: Manifest[]): ObjectSet => ({ kubeconfig: "/k", set: "web", objects });
export const withApi = async (api: FakeApi, wanted: ObjectSet) => {
  const found = await compare(api, wanted);
  if (found.type !== "reached") throw new Error(found.why);
  return found;
};
export const keep = async (api: FakeApi, wanted: ObjectSet) =>
  keepSet(
    api,
    { ...(await withApi(api, wanted)), set: wanted.set },
    { progress: () => undefined, stopping: () => false },
  );
/** The states by the names of the objects. */
export const states = async (api: FakeApi, wanted: ObjectSet) =>
  Object.fromEntries(
    (await withApi(api, wanted)).members.map(({ manifest, state }) => [manifest.metadata.name, state.type]),
  );
