import { readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import type { Manifest } from "kubeplay/kubernetes";
import { unrestricted } from "#cluster/pod-security.ts";
import { rights } from "./rights.ts";

/** Upstream's names, which its documentation uses. */
export const namespace = "local-path-storage";
export const className = "local-path";
const name = "local-path-provisioner";
const config = "local-path-config";
/** The account of pods that touch a node's disk: it has no rights, and no token is mounted. */
const helper = "local-path-helper";
const provisioner = "rancher.io/local-path";
const labels = { "app.kubernetes.io/name": name };

const script = (file: string): string => readFileSync(path.join(import.meta.dirname, "files", file), "utf8");

export interface StorageOptions {
  readonly image: string;
  readonly helperImage: string;
  /** The folder of volumes on nodes that `folders` does not name. */
  readonly folder: string;
  readonly folders: readonly { readonly node: string; readonly folder: string }[];
  /** Whether a claim without a class gets this one. */
  readonly isDefault: boolean;
}

/** Waits with a volume until a pod needs it, and so makes it on the node that the scheduler chose for the pod. */
export const storageClass = (isDefault: boolean): Manifest => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: {
    name: className,
    annotations: {
      "storageclass.kubernetes.io/is-default-class": String(isDefault),
      // The kubelet gives such a volume to a pod's fsGroup. A lost folder is an error and not an empty volume.
      defaultVolumeType: "local",
    },
  },
  provisioner,
  reclaimPolicy: "Delete",
  volumeBindingMode: "WaitForFirstConsumer",
});

const unprivileged = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  seccompProfile: { type: "RuntimeDefault" },
};

/** The pod that makes or removes the folder of a volume; the provisioner adds its node, command and volumes. */
const helperPod = (image: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "helper-pod" },
  spec: {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: "system-node-critical",
    tolerations: [{ operator: "Exists" }],
    containers: [
      {
        name: "helper-pod",
        image,
        imagePullPolicy: "IfNotPresent",
        resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
        // The folder belongs to root, and its files to the users of any pod.
        securityContext: {
          ...unprivileged,
          runAsUser: 0,
          capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE", "FOWNER"] },
        },
      },
    ],
  },
});

const configuration = ({ helperImage, folder, folders }: StorageOptions): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: config, namespace },
  data: {
    // By class: a class of another name, whose parameters could name any folder of a node, gets no volumes.
    "config.json": JSON.stringify({
      storageClassConfigs: {
        [className]: {
          nodePathMap: [
            { node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [folder] },
            ...folders.map((one) => ({ node: one.node, paths: [one.folder] })),
          ],
        },
      },
    }),
    setup: script("setup.sh"),
    teardown: script("teardown.sh"),
    "helperPod.yaml": stringify(helperPod(helperImage)),
  },
});

const deployment = ({ image }: StorageOptions): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    // It elects no leader: two would make each volume twice.
    strategy: { type: "Recreate" },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        priorityClassName: "system-cluster-critical",
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534 },
        tolerations: [
          { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
          // Without it, no pod with a new claim starts: it moves sooner than others.
          ...["not-ready", "unreachable"].map((state) => ({
            key: `node.kubernetes.io/${state}`,
            operator: "Exists",
            effect: "NoExecute",
            tolerationSeconds: 30,
          })),
        ],
        containers: [
          {
            name,
            image,
            command: [
              "local-path-provisioner",
              "start",
              "--config=/etc/config/config.json",
              "--helper-pod-file=/etc/config/helperPod.yaml",
              `--service-account-name=${helper}`,
              `--provisioner-name=${provisioner}`,
            ],
            env: [
              { name: "POD_NAMESPACE", value: namespace },
              // It reads the configuration again from here when it changes.
              { name: "CONFIG_MOUNT_PATH", value: "/etc/config" },
            ],
            resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
            securityContext: { ...unprivileged, capabilities: { drop: ["ALL"] } },
            volumeMounts: [{ name: "config", mountPath: "/etc/config", readOnly: true }],
          },
        ],
        volumes: [{ name: "config", configMap: { name: config } }],
      },
    },
  },
});

export const objects = (options: StorageOptions): readonly Manifest[] => [
  {
    apiVersion: "v1",
    kind: "Namespace",
    // The pods that make volumes mount a folder of their node.
    metadata: { name: namespace, labels: unrestricted },
  },
  ...[name, helper].map((account) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: account, namespace },
    ...(account === helper && { automountServiceAccountToken: false }),
  })),
  ...rights({ name, namespace }),
  configuration(options),
  deployment(options),
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [] },
  },
  storageClass(options.isDefault),
];
