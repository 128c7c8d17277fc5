import type { Component } from "./component.ts";
import { goPackages } from "./words.ts";

/** The versions that Kubernetes' programs report; its libraries read one copy, its clients the other. */
const kubernetesStamps = Object.fromEntries(
  ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((name) => [
    [`${name}.gitVersion`, "v{version}"],
    [`${name}.gitMajor`, "{major}"],
    [`${name}.gitMinor`, "{minor}"],
  ]),
);
/** Kubernetes' libraries are in its repository. On the proxy, those of 1.37.2 are separate modules at v0.37.2. */
export const kubernetesModule = {
  kind: "go",
  requires: ["k8s.io/kubernetes v{version}"],
  replace: { of: "k8s.io/kubernetes v{version}", at: "v0.0.0", by: "v0.{minor}.{patch}" },
  stamps: kubernetesStamps,
} as const;

const kubernetesBinaries = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubeadm",
  "kubectl",
];

/** Kubernetes itself, and the program of its own image. */
export const kubernetes: readonly Component[] = [
  {
    name: "kubernetes",
    variable: "kubernetes_version",
    binaries: kubernetesBinaries,
    onController: true,
    upstream: {
      file: "https://dl.k8s.io/v{version}/bin/linux/{arch}/{binary}",
      checksum: "https://dl.k8s.io/v{version}/bin/linux/{arch}/{binary}.sha256",
      signature: {
        signature: "https://dl.k8s.io/v{version}/bin/linux/{arch}/{binary}.sig",
        certificate: "https://dl.k8s.io/v{version}/bin/linux/{arch}/{binary}.cert",
        identity: "krel-staging@k8s-releng-prod.iam.gserviceaccount.com",
        issuer: "https://accounts.google.com",
      },
    },
    build: { ...kubernetesModule, packages: goPackages("k8s.io/kubernetes/cmd", kubernetesBinaries) },
  },
  {
    // The process that holds a pod's namespaces; it is needed only inside an image.
    name: "pause",
    variable: "pause_version",
    binaries: ["pause"],
    upstream: { image: "registry.k8s.io/pause:{version}", member: "pause" },
    build: {
      kind: "c",
      module: "k8s.io/kubernetes v{kubernetes_version}",
      source: "build/pause/linux/pause.c",
      binary: "pause",
      defines: { VERSION: "v{version}" },
    },
  },
];
