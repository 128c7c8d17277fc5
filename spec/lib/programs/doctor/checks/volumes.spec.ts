import { expect } from "chai";
import { volumes } from "#programs/doctor/checks/volumes.ts";
import { ago, find, printedFindings } from "../seen.ts";

const items = (...all: object[]) => ({ items: all });
const claim = (name: string, phase: string, spec: object = {}, created = ago(3600)) => ({
  metadata: { namespace: "web", name, creationTimestamp: created },
  spec: { storageClassName: "local-path", ...spec },
  status: { phase },
});
const volume = (name: string, node: string, status: object = { phase: "Bound" }) => ({
  metadata: { name },
  spec: {
    claimRef: { namespace: "web", name: "data" },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }],
      },
    },
  },
  status,
});
const user = (claimName: string) => ({
  metadata: { namespace: "web", name: "p" },
  spec: {
    volumes: [
      { name: "tmp", emptyDir: {} },
      { name: "data", persistentVolumeClaim: { claimName } },
    ],
  },
});
const usual = {
  metadata: { name: "local-path", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
};

interface Objects {
  readonly claims?: readonly object[];
  readonly volumes?: readonly object[];
  readonly classes?: readonly object[];
  readonly pods?: readonly object[];
}
const found = (objects: Objects): string[] =>
  printedFindings(
    find(volumes, {
      api: {
        "/api/v1/persistentvolumeclaims": items(...(objects.claims ?? [])),
        "/api/v1/persistentvolumes": items(...(objects.volumes ?? [])),
        "/apis/storage.k8s.io/v1/storageclasses": items(...(objects.classes ?? [usual])),
        "/api/v1/pods": items(...(objects.pods ?? [])),
        "/api/v1/nodes": items({ metadata: { name: "w-1" } }),
      },
    }),
  );

describe("the doctor's check of volumes", () => {
  it("is content with claims that have volumes, that no pod uses yet, or that are new", () =>
    expect(
      found({
        claims: [claim("a", "Bound"), claim("idle", "Pending"), claim("new", "Pending", {}, ago(20))],
        volumes: [volume("pvc-a", "w-1")],
        pods: [user("a"), user("new")],
      }),
    ).to.deep.equal([]));

  it("names claims that have no volume, with the reason", () =>
    expect(
      found({
        claims: [
          claim("data", "Pending"),
          claim("gone", "Lost", { volumeName: "pvc-x" }),
          claim("fast", "Pending", { storageClassName: "fast" }),
          // Somebody makes its volume by hand.
          claim("by-hand", "Pending", { storageClassName: "" }),
        ],
        pods: [user("data")],
      }),
    ).to.deep.equal([
      "error claim web/data: a pod waits for it, and it has no volume",
      "error claim web/gone: its volume pvc-x does not exist any more",
      "error claim web/fast: its StorageClass fast does not exist",
    ]));

  it("names claims of the default class if there is none", () => {
    const unnamed = claim("data", "Pending", { storageClassName: undefined });
    expect(found({ claims: [unnamed] })).to.deep.equal([]);
    expect(found({ claims: [unnamed], classes: [{ metadata: { name: "fast" } }] })).to.deep.equal([
      "error claim web/data: it names no StorageClass, and the cluster has no default one",
    ]);
  });

  it("names volumes whose node is gone, and those that could not be removed", () =>
    expect(
      found({ volumes: [volume("pvc-old", "w-9"), volume("pvc-stuck", "w-1", { phase: "Failed", message: "said" })] }),
    ).to.deep.equal([
      "error volume pvc-old: the data of the claim web/data is on w-9, which is no node of the cluster: its pods start nowhere",
      "error volume pvc-stuck: its folder could not be removed",
    ]));

  it("says nothing if the API gave no answer", () => expect(find(volumes, {})).to.deep.equal([]));
});
