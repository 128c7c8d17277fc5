import { expect } from "chai";
import type { Answer, Api } from "#kubernetes/api/answers.ts";
import { recordedKinds } from "#kubernetes/manifests/applied-set.ts";

const core: Answer = {
  status: 200,
  body: { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs: ["get"] }] },
};
const object = "/api/v1/namespaces/kube-system/configmaps/kubeplay-set-web";

/** An API that has these answers only. */
const api = (answers: Readonly<Record<string, unknown>>): Api => ({
  ask: (_method, path) => {
    if (path === "/api/v1") return Promise.resolve(core);
    const body = answers[path];
    return Promise.resolve(body === undefined ? { status: 404, body: {} } : { status: 200, body });
  },
});

describe("the kinds that a set has recorded", () => {
  const data = { kinds: "apps/v1beta1 Deployment\nv1 ConfigMap\n" };
  const configMap = { apiVersion: "v1", kind: "ConfigMap" };

  it("are none if the set was never applied, or its object is empty", async () => {
    expect(await recordedKinds(api({}), "web")).to.deep.equal([]);
    expect(await recordedKinds(api({ [object]: {} }), "web")).to.deep.equal([]);
  });

  it("have the API's preferred version if theirs is no longer served", async () => {
    const group = { preferredVersion: { groupVersion: "apps/v1" } };
    expect(await recordedKinds(api({ [object]: { data }, "/apis/apps": group }), "web")).to.deep.equal([
      { apiVersion: "apps/v1", kind: "Deployment" },
      configMap,
    ]);
  });

  it("keep their version if the API prefers none", async () => {
    expect(await recordedKinds(api({ [object]: { data }, "/apis/apps": {} }), "web")).to.deep.equal([
      { apiVersion: "apps/v1beta1", kind: "Deployment" },
      configMap,
    ]);
  });
});
