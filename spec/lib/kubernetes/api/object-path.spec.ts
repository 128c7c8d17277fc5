import { expect } from "chai";
import type { Answer, Api } from "#kubernetes/api/answers.ts";
import { allKinds } from "#kubernetes/api/object-path.ts";

/** Answers these paths only. */
const apiWith = (bodies: Readonly<Record<string, object>>): Api => ({
  ask: (_method, path): Promise<Answer> => {
    const body = bodies[path];
    return body ? Promise.resolve({ status: 200, body }) : Promise.reject(new Error(`unexpected ${path}`));
  },
});
const verbs = ["list", "delete"];
const service = (group: string, status: string) => ({
  spec: { group, version: "v1" },
  status: { conditions: [{ type: "Available", status }] },
});

describe("the kinds of an API", () => {
  it("are read from every group except those whose own server does not answer", async () => {
    const api = apiWith({
      "/apis": { groups: ["apps", "metrics.k8s.io"].map((name) => ({ versions: [{ groupVersion: `${name}/v1` }] })) },
      "/apis/apiregistration.k8s.io/v1/apiservices": {
        items: [service("apps", "True"), service("metrics.k8s.io", "False")],
      },
      "/api/v1": { resources: [{ name: "pods", kind: "Pod", namespaced: true, verbs }] },
      "/apis/apps/v1": { resources: [{ name: "deployments", kind: "Deployment", namespaced: true, verbs }] },
    });
    expect((await allKinds(api)).map(({ kind }) => kind)).to.have.members(["Pod", "Deployment"]);
  });
});
