import type { Component } from "./component.ts";
import { github, goPackages } from "./words.ts";

const containerdBinaries = ["containerd", "containerd-shim-runc-v2", "ctr"];
const cniPlugins = "github.com/containernetworking/plugins/plugins";
const cniPackages = {
  ...goPackages(`${cniPlugins}/main`, ["bridge", "loopback", "ptp"]),
  ...goPackages(`${cniPlugins}/meta`, ["bandwidth", "firewall", "portmap", "tuning"]),
  ...goPackages(`${cniPlugins}/ipam`, ["host-local"]),
};

/** Programs that hosts run beside Kubernetes, and programs that make and serve images. */
export const ofHosts: readonly Component[] = [
  {
    name: "crane",
    variable: "crane_version",
    binaries: ["crane"],
    onController: true,
    upstream: {
      archive: `${github}/google/go-containerregistry/releases/download/v{version}/go-containerregistry_Linux_{machine}.tar.gz`,
      member: "crane",
      checksum: `${github}/google/go-containerregistry/releases/download/v{version}/checksums.txt`,
    },
    build: {
      kind: "go",
      requires: ["github.com/google/go-containerregistry v{version}"],
      packages: { crane: "github.com/google/go-containerregistry/cmd/crane" },
      stamps: { "github.com/google/go-containerregistry/cmd/crane/cmd.Version": "{version}" },
    },
  },
  {
    name: "cni-plugins",
    variable: "cni_plugins_version",
    binaries: Object.keys(cniPackages),
    upstream: {
      archive: `${github}/containernetworking/plugins/releases/download/v{version}/cni-plugins-linux-{arch}-v{version}.tgz`,
      member: "./{binary}",
      checksum: `${github}/containernetworking/plugins/releases/download/v{version}/cni-plugins-linux-{arch}-v{version}.tgz.sha256`,
    },
    build: {
      kind: "go",
      requires: ["github.com/containernetworking/plugins v{version}"],
      packages: cniPackages,
      stamps: { "github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion": "v{version}" },
    },
  },
  {
    name: "etcd",
    variable: "etcd_version",
    binaries: ["etcd", "etcdctl", "etcdutl"],
    upstream: {
      archive: `${github}/etcd-io/etcd/releases/download/v{version}/etcd-v{version}-linux-{arch}.tar.gz`,
      member: "etcd-v{version}-linux-{arch}/{binary}",
      checksum: `${github}/etcd-io/etcd/releases/download/v{version}/SHA256SUMS`,
    },
    build: {
      kind: "go",
      requires: [
        "go.etcd.io/etcd/server/v3 v{version}",
        "go.etcd.io/etcd/etcdctl/v3 v{version}",
        "go.etcd.io/etcd/etcdutl/v3 v{version}",
      ],
      packages: {
        etcd: "go.etcd.io/etcd/server/v3",
        etcdctl: "go.etcd.io/etcd/etcdctl/v3",
        etcdutl: "go.etcd.io/etcd/etcdutl/v3",
      },
    },
  },
  {
    name: "containerd",
    variable: "containerd_version",
    binaries: containerdBinaries,
    upstream: {
      archive: `${github}/containerd/containerd/releases/download/v{version}/containerd-{version}-linux-{arch}.tar.gz`,
      member: "bin/{binary}",
      checksum: `${github}/containerd/containerd/releases/download/v{version}/containerd-{version}-linux-{arch}.tar.gz.sha256sum`,
      signature: {
        attestation: `${github}/containerd/containerd/releases/download/v{version}/containerd-{version}-attestation.intoto.jsonl`,
        identity: `${github}/containerd/containerd/.github/workflows/release.yml@refs/tags/v{version}`,
        issuer: "https://token.actions.githubusercontent.com",
      },
    },
    build: {
      kind: "go",
      requires: ["github.com/containerd/containerd/v2 v{version}"],
      packages: goPackages("github.com/containerd/containerd/v2/cmd", containerdBinaries),
      stamps: { "github.com/containerd/containerd/v2/version.Version": "v{version}" },
      tags: ["urfave_cli_no_docs"],
    },
  },
  {
    // It starts containers: containerd's shim calls it.
    name: "runc",
    variable: "runc_version",
    binaries: ["runc"],
    upstream: {
      file: `${github}/opencontainers/runc/releases/download/v{version}/runc.{arch}`,
      checksum: `${github}/opencontainers/runc/releases/download/v{version}/runc.sha256sum`,
    },
    build: {
      kind: "go",
      requires: ["github.com/opencontainers/runc v{version}"],
      packages: { runc: "github.com/opencontainers/runc" },
      // Those of its release, except libpathrs: Debian has no package of it, and runc has the same code in Go.
      tags: ["seccomp", "urfave_cli_no_docs", "netgo", "osusergo"],
      c: { packages: ["libseccomp-dev"], libraries: ["seccomp"] },
    },
  },
  {
    name: "crictl",
    variable: "crictl_version",
    binaries: ["crictl"],
    upstream: {
      archive: `${github}/kubernetes-sigs/cri-tools/releases/download/v{version}/crictl-v{version}-linux-{arch}.tar.gz`,
      member: "crictl",
      checksum: `${github}/kubernetes-sigs/cri-tools/releases/download/v{version}/crictl-v{version}-linux-{arch}.tar.gz.sha256`,
    },
    build: {
      kind: "go",
      requires: ["sigs.k8s.io/cri-tools v{version}"],
      packages: { crictl: "sigs.k8s.io/cri-tools/cmd/crictl" },
      stamps: { "sigs.k8s.io/cri-tools/pkg/version.Version": "v{version}" },
    },
  },
  {
    name: "registry",
    variable: "registry_version",
    binaries: ["registry"],
    upstream: {
      archive: `${github}/distribution/distribution/releases/download/v{version}/registry_{version}_linux_{arch}.tar.gz`,
      member: "registry",
      checksum: `${github}/distribution/distribution/releases/download/v{version}/registry_{version}_linux_{arch}.tar.gz.sha256`,
    },
    build: {
      kind: "go",
      requires: ["github.com/distribution/distribution/v3 v{version}"],
      packages: { registry: "github.com/distribution/distribution/v3/cmd/registry" },
      stamps: { "github.com/distribution/distribution/v3/version.version": "v{version}" },
    },
  },
  {
    name: "coredns",
    variable: "coredns_version",
    binaries: ["coredns"],
    upstream: {
      archive: `${github}/coredns/coredns/releases/download/v{version}/coredns_{version}_linux_{arch}.tgz`,
      member: "coredns",
      checksum: `${github}/coredns/coredns/releases/download/v{version}/coredns_{version}_linux_{arch}.tgz.sha256`,
    },
    build: {
      kind: "go",
      requires: ["github.com/coredns/coredns v{version}"],
      packages: { coredns: "github.com/coredns/coredns" },
      stamps: { "github.com/coredns/coredns/coremain.gitTag": "v{version}" },
    },
  },
];
