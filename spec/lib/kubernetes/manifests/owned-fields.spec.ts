import { expect } from "chai";
import { appliedBy, isKept } from "#kubernetes/manifests/owned-fields.ts";

const manifest = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          { name: "web", image: "web:1", args: ["-v"], ports: [{ containerPort: 80, name: "http" }] },
          { name: "side", image: "side:1" },
        ],
      },
    },
  },
};
const named = (name: string, fields: object) => ({ [`k:{"name":"${name}"}`]: { ".": {}, "f:name": {}, ...fields } });
const port = { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {}, "f:name": {} } };
const fieldsV1 = {
  "f:metadata": { "f:labels": { "f:app": {} } },
  "f:spec": {
    "f:replicas": {},
    "f:template": {
      "f:spec": {
        "f:containers": {
          ...named("web", { "f:image": {}, "f:args": {}, "f:ports": port }),
          ...named("side", { "f:image": {} }),
        },
      },
    },
  },
};
const applied = { manager: "kubeplay", operation: "Apply", apiVersion: "apps/v1", fieldsV1 };
const web = {
  name: "web",
  image: "web:1",
  args: ["-v"],
  ports: [{ containerPort: 80, name: "http", protocol: "TCP" }],
};
const side = { name: "side", image: "side:1", imagePullPolicy: "IfNotPresent" };

interface Live {
  readonly containers?: readonly object[];
  readonly replicas?: number;
  readonly managed?: object;
}
/** The object as a server has it: with defaults, fields of others and a status. */
const live = ({ containers = [web, side], replicas = 2, managed = applied }: Live = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "web",
    namespace: "shop",
    uid: "u",
    labels: { app: "web", other: "x" },
    managedFields: [{ manager: "hpa", operation: "Update", apiVersion: "apps/v1", fieldsV1: {} }, managed],
  },
  spec: { replicas, paused: true, template: { spec: { containers, restartPolicy: "Always" } } },
  status: { replicas: 0 },
});
const kept = (object: unknown, wanted: object = manifest) => isKept(object, { ...manifest, ...wanted }, "kubeplay");

describe("an object that is certainly kept", () => {
  it("may have defaults and fields of others in addition to the applied fields", () => expect(kept(live())).to.be.true);

  it("has no applied value that was changed, at any depth", () => {
    expect(kept(live({ replicas: 3 })), "a field").to.be.false;
    expect(kept(live({ containers: [{ ...web, image: "web:2" }, side] })), "in an item of a list").to.be.false;
    expect(kept(live({ containers: [{ ...web, args: ["-v", "-x"] }, side] })), "a list as a whole").to.be.false;
    expect(kept(live({ containers: [web] })), "an item that is gone").to.be.false;
    expect(kept(live({ containers: [side, web] })), "the order of ours").to.be.false;
  });

  it("may have items of others among the applied items of a list", () =>
    expect(kept(live({ containers: [web, { name: "injected", image: "x" }, side] }))).to.be.true);

  it("has a manifest with neither more nor fewer fields than were applied", () => {
    expect(kept(live(), { spec: { ...manifest.spec, paused: true } }), "more").to.be.false;
    expect(kept(live(), { spec: { template: manifest.spec.template } }), "less").to.be.false;
    const [first] = manifest.spec.template.spec.containers;
    expect(kept(live(), { spec: { replicas: 2, template: { spec: { containers: [first] } } } }), "an item less").to.be
      .false;
  });

  it("has a record of applied fields, of the same manager and version", () => {
    expect(kept(live({ managed: { ...applied, manager: "kubectl" } }))).to.be.false;
    expect(kept(live({ managed: { ...applied, operation: "Update" } }))).to.be.false;
    expect(kept(live({ managed: { ...applied, apiVersion: "apps/v1beta2" } }))).to.be.false;
    expect(kept({ ...live(), metadata: { name: "web" } })).to.be.false;
  });

  it("has values in the same notation: only the API can compare other notations", () => {
    const fields = { "f:spec": { "f:cpu": {} } };
    const managed = { manager: "kubeplay", operation: "Apply", apiVersion: "v1", fieldsV1: fields };
    const of = (cpu: string) => ({ metadata: { name: "q", managedFields: [managed] }, spec: { cpu } });
    const wanted = { apiVersion: "v1", kind: "Q", metadata: { name: "q" }, spec: { cpu: "1000m" } };
    expect(isKept(of("1"), wanted, "kubeplay")).to.be.false;
    expect(isKept(of("1000m"), wanted, "kubeplay")).to.be.true;
  });

  it("may have values of others in a list whose values have owners", () => {
    const managed = {
      manager: "kubeplay",
      operation: "Apply",
      apiVersion: "v1",
      fieldsV1: { "f:metadata": { "f:finalizers": { 'v:"a/b"': {} } } },
    };
    const of = (finalizers: string[]) => ({ metadata: { name: "q", managedFields: [managed], finalizers } });
    const wanted = { apiVersion: "v1", kind: "Q", metadata: { name: "q", finalizers: ["a/b"] } };
    expect(isKept(of(["other", "a/b"]), wanted, "kubeplay")).to.be.true;
    expect(isKept(of(["other"]), wanted, "kubeplay")).to.be.false;
  });

  it("is compared without the manifest's status, which is never applied", () =>
    expect(kept(live(), { status: { replicas: 2 } })).to.be.true);
});

describe("the record of a manager's applied fields", () => {
  it("excludes those of a subresource", () => {
    const object = live({ managed: { ...applied, subresource: "status" } });
    expect(appliedBy(object, "kubeplay")).to.equal(undefined);
    expect(appliedBy(live(), "kubeplay")).to.equal(applied);
  });
});
