import type { Component } from "./component.ts";
import { kubernetesModule } from "./kubernetes.ts";

/** Kubernetes' own test suite, and the programs and files of its images. */
export const tests: readonly Component[] = [
  {
    // The suite itself, and the program that runs several processes of it at once.
    name: "e2e",
    variable: "kubernetes_version",
    binaries: ["e2e.test", "ginkgo"],
    onController: true,
    upstream: {
      archive: "https://dl.k8s.io/v{version}/kubernetes-test-linux-{arch}.tar.gz",
      member: "kubernetes/test/bin/{binary}",
      checksum: "https://dl.k8s.io/v{version}/kubernetes-test-linux-{arch}.tar.gz.sha256",
    },
    build: {
      ...kubernetesModule,
      packages: { ginkgo: "github.com/onsi/ginkgo/v2/ginkgo" },
      tests: { "e2e.test": "k8s.io/kubernetes/test/e2e" },
    },
  },
  {
    // Kubernetes' test program, from the same source and so of the same version. Its image has its own version number.
    name: "agnhost",
    variable: "kubernetes_version",
    binaries: ["agnhost"],
    upstream: { image: "registry.k8s.io/e2e-test-images/agnhost:{agnhost_image_version}", member: "agnhost" },
    build: { ...kubernetesModule, packages: { agnhost: "k8s.io/kubernetes/test/images/agnhost" } },
  },
  {
    name: "nonewprivs",
    variable: "kubernetes_version",
    binaries: ["nnp"],
    upstream: { image: "registry.k8s.io/e2e-test-images/nonewprivs:1.4", member: "usr/local/bin/nnp" },
    build: { ...kubernetesModule, packages: { nnp: "k8s.io/kubernetes/test/images/nonewprivs" } },
  },
  {
    // The suite aggregates an older API server on purpose: image 1.29.2 is built from module 0.29.2.
    name: "sample-apiserver",
    variable: "sample_apiserver_version",
    binaries: ["sample-apiserver"],
    upstream: { image: "registry.k8s.io/e2e-test-images/sample-apiserver:{version}", member: "sample-apiserver" },
    build: {
      kind: "go",
      requires: ["k8s.io/sample-apiserver v0.{minor}.{patch}"],
      packages: { "sample-apiserver": "k8s.io/sample-apiserver" },
    },
  },
  {
    // The files that the images with pictures serve, and the certificate of the test program.
    name: "e2e-image-files",
    variable: "kubernetes_version",
    binaries: ["e2e-image-files"],
    upstream: {
      tree: "https://github.com/kubernetes/kubernetes/archive/refs/tags/v{version}.tar.gz",
      paths: {
        nautilus: "kubernetes-{version}/test/images/nautilus/html",
        kitten: "kubernetes-{version}/test/images/kitten/html",
        porter: "kubernetes-{version}/test/images/agnhost/porter",
      },
    },
    build: {
      kind: "tree",
      module: "k8s.io/kubernetes v{version}",
      paths: {
        nautilus: "test/images/nautilus/html",
        kitten: "test/images/kitten/html",
        porter: "test/images/agnhost/porter",
      },
    },
  },
];
