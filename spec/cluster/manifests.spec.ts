import { expect } from "chai";
import type { Api } from "#kubernetes/api/answers.ts";
import { kubernetesApi } from "#kubernetes/api/kubernetes-api.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import type { Task } from "#engine/tasks/task.ts";
import { manifests, type ManifestsProps } from "#kubernetes/manifests/manifests.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { keep, twice } from "../lib/engine/resources/keep.ts";
import { thisMachine } from "../lib/engine/this-machine.ts";
import { clusterName, eventually } from "./lab.ts";

const access = { kubeconfig: kubeconfigPath(clusterName, "super-admin") };
const name = "kubeplay-spec-set";
const inventory = `ConfigMap kube-system/kubeplay-set-${name}`;
const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
const motd = (text: string): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "motd", namespace: name },
  data: { text },
});
const definition: Manifest = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "walls.spec.kubeplay.dev" },
  spec: {
    group: "spec.kubeplay.dev",
    scope: "Namespaced",
    names: { kind: "Wall", plural: "walls", singular: "wall", listKind: "WallList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};
const wall: Manifest = { apiVersion: "spec.kubeplay.dev/v1", kind: "Wall", metadata: { name: "north" }, height: 2 };
/** Contains values that the API normalizes, defaults in lists and maps, and no number of replicas. */
const deployment = (app = "web"): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: name },
  spec: {
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: {
        nodeSelector: { "kubeplay.dev/none": "" },
        containers: [
          {
            name: "web",
            image: "registry.k8s.io/pause:3.10.2",
            ports: [{ containerPort: 80 }],
            resources: { requests: { cpu: "1000m", memory: "1024Ki" } },
            env: [{ name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
            volumeMounts: [{ name: "tmp", mountPath: "/tmp", readOnly: false }],
          },
        ],
        volumes: [{ name: "tmp", emptyDir: {} }],
      },
    },
  },
});

describe("the resource manifests, on a real API", () => {
  const machine = thisMachine();
  let api: Api;
  const set = (objects: readonly Manifest[], props: Partial<ManifestsProps> = {}) =>
    manifests("Keep them", { ...access, set: name, namespace: name, objects, ...props });
  const absent = manifests("Take them away", { ...access, set: name, state: "absent" });
  const read = async (path: string) => (await api.ask("GET", path)).body as Record<string, Record<string, unknown>>;
  const write = (path: string, body: object) =>
    api.ask("PATCH", `${path}?fieldManager=somebody`, { type: "application/merge-patch+json", body });
  /** Waits first for the Deployment's controller, so that it writes nothing between the check and the run. */
  const keepTwice = async (task: Task): Promise<string[]> => {
    await eventually(120, async () => {
      const { metadata, status } = await read(deploymentPath);
      expect(status?.observedGeneration, "what the Deployment's controller has seen").to.equal(metadata?.generation);
    });
    return twice(machine, task);
  };
  const configMap = `/api/v1/namespaces/${name}/configmaps/motd`;
  const deploymentPath = `/apis/apps/v1/namespaces/${name}/deployments/web`;

  before(async () => {
    const found = await kubernetesApi(access);
    if (!found) throw new Error(`no ${access.kubeconfig}`);
    api = found;
    await keep(machine, absent);
  });
  after(async () => {
    await keep(machine, absent);
    await machine.close();
  });

  it("applies kinds and their objects together, as predicted by check mode", async () => {
    const wanted = [wall, motd("hello"), deployment(), definition, namespace];
    expect(await keepTwice(set(wanted))).to.have.members([
      `Wall ${name}/north`,
      `ConfigMap ${name}/motd`,
      `Deployment ${name}/web`,
      "CustomResourceDefinition walls.spec.kubeplay.dev",
      `Namespace ${name}`,
      inventory,
    ]);
  });

  it("lets controllers write fields that it does not name, and resets those that it does", async () => {
    const wanted = [namespace, motd("hello"), deployment(), definition, wall];
    await write(deploymentPath, { spec: { replicas: 3 }, metadata: { annotations: { theirs: "x" } } });
    await write(configMap, { data: { more: "theirs" } });
    expect(await keepTwice(set(wanted))).to.be.empty;
    await write(configMap, { data: { text: "theirs" } });
    const container = { name: "web", image: "registry.k8s.io/pause:1" };
    await write(deploymentPath, { spec: { template: { spec: { containers: [container] } } } });
    expect(await keepTwice(set(wanted))).to.have.members([`ConfigMap ${name}/motd`, `Deployment ${name}/web`]);
    expect((await read(configMap)).data).to.deep.equal({ text: "hello", more: "theirs" });
    expect((await read(deploymentPath)).spec).to.have.property("replicas", 3);
  });

  it("removes a field that it does not name any more", async () => {
    const more = { ...motd("hello"), data: { text: "hello", extra: "1" } };
    const rest = [namespace, deployment(), definition, wall];
    expect(await keepTwice(set([more, ...rest]))).to.deep.equal([`ConfigMap ${name}/motd`]);
    expect(await keepTwice(set([motd("hello"), ...rest]))).to.deep.equal([`ConfigMap ${name}/motd`]);
    expect((await read(configMap)).data).not.to.have.property("extra");
  });

  it("reports an immutable field, and recreates the object if that is allowed", async () => {
    const wanted = [namespace, motd("hello"), deployment("shop"), definition, wall];
    const refused = await keep(machine, set(wanted)).catch((error: unknown) => String(error));
    expect(refused).to.contain(`Deployment ${name}/web: spec.selector cannot be changed`);
    const found = await keepTwice(set(wanted, { recreate: ["Deployment"] }));
    expect(found).to.deep.equal([`Deployment ${name}/web (deleted and recreated: spec.selector)`]);
  });

  it("removes its former objects, also of kinds that it no longer has, and no others", async () => {
    await api.ask("POST", `/api/v1/namespaces/${name}/configmaps`, {
      type: "application/json",
      body: { metadata: { name: "copied", labels: { "kubeplay.dev/set": name } } },
    });
    const found = await keepTwice(set([namespace, motd("hello"), definition]));
    expect(found).to.have.members([`Wall ${name}/north`, `Deployment ${name}/web`, inventory]);
    expect((await read(`/api/v1/namespaces/${name}/configmaps/copied`)).metadata).to.have.property("name", "copied");
  });

  it("reports a field that the API does not know", async () => {
    const wrong = { ...motd("hello"), dta: {} };
    const error = await keep(machine, set([namespace, definition, wrong])).catch((error: unknown) => String(error));
    expect(error).to.contain(`ConfigMap ${name}/motd is refused`).and.to.contain("dta");
  });

  it("keeps a Namespace while it contains other objects", async () => {
    const first = await keepTwice(absent);
    expect(first).to.include(`ConfigMap ${name}/motd`).and.not.to.include(`Namespace ${name}`);
    await api.ask("DELETE", `/api/v1/namespaces/${name}/configmaps/copied`);
    expect(await keepTwice(absent)).to.include.members([`Namespace ${name}`, inventory]);
  });

  it("is removed completely, except for a Namespace that existed before", async () => {
    await api.ask("POST", "/api/v1/namespaces", { type: "application/json", body: { metadata: { name } } });
    await keepTwice(set([namespace, motd("hello")]));
    expect(await keepTwice(absent)).to.have.members([`ConfigMap ${name}/motd`, inventory]);
    expect((await read(`/api/v1/namespaces/${name}`)).metadata).to.have.property("name", name);
    await api.ask("DELETE", `/api/v1/namespaces/${name}`);
  });
});
