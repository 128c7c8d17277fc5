/**
 * What there is to get: one entry a component, as data. Texts may hold placeholders, see `fill`:
 * {version} {minor} {patch} {arch} {machine} {binary}, and {NAME} for any version variable.
 */
export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** A release that is one file a binary, its digest beside it. */
interface Files {
  readonly file: string;
  readonly checksum: string;
}
/** A release that is one archive; `member` is each binary's path in it. */
interface Archive {
  readonly archive: string;
  readonly member: string;
  readonly checksum: string;
}
/** A release that is only to be had as an image: the binary's path in its file system. */
interface Image {
  readonly image: string;
  readonly member: string;
}
export type Upstream = Files | Archive | Image;

/** Built by `go build` in a module of our own that requires `requires`. */
export interface GoBuild {
  readonly language: "go";
  readonly requires: readonly string[];
  /** Modules that `of` requires at `at`, which exists nowhere but in its own repository, are taken at `by`. */
  readonly replace?: { readonly of: string; readonly at: string; readonly by: string };
  /** Binary → its package. */
  readonly packages: Readonly<Record<string, string>>;
  /** Variables that the linker sets, so that --version tells the truth. */
  readonly stamps?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
}
/** One C file of a Go module, linked statically. */
export interface CBuild {
  readonly language: "c";
  readonly module: string;
  readonly source: string;
  readonly binary: string;
  readonly defines: Readonly<Record<string, string>>;
}

export interface Component {
  readonly name: string;
  /** The variable that holds its version, without a leading "v". */
  readonly variable: string;
  readonly binaries: readonly string[];
  /** One of them runs on the controller. */
  readonly onController?: true;
  readonly upstream: Upstream;
  readonly build: GoBuild | CBuild;
}

const github = "https://github.com";

const goPackages = (prefix: string, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `${prefix}/${name}`]));

/** What Kubernetes' programs tell of themselves; its libraries read one copy, its clients the other. */
const kubernetesStamps = Object.fromEntries(
  ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((name) => [
    [`${name}.gitVersion`, "v{version}"],
    [`${name}.gitMajor`, "{major}"],
    [`${name}.gitMinor`, "{minor}"],
  ]),
);
/** Kubernetes' libraries are in its repository; on the proxy, 1.37.2's are modules of their own at v0.37.2. */
const kubernetesModule = {
  language: "go",
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
const containerdBinaries = ["containerd", "containerd-shim-runc-v2", "ctr"];
const cniPlugins = "github.com/containernetworking/plugins/plugins";
const cniPackages = {
  ...goPackages(`${cniPlugins}/main`, ["bridge", "loopback", "ptp"]),
  ...goPackages(`${cniPlugins}/meta`, ["bandwidth", "firewall", "portmap", "tuning"]),
  ...goPackages(`${cniPlugins}/ipam`, ["host-local"]),
};

export const catalogue: readonly Component[] = [
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
      language: "go",
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
      language: "go",
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
      language: "go",
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
    },
    build: {
      language: "go",
      requires: ["github.com/containerd/containerd/v2 v{version}"],
      packages: goPackages("github.com/containerd/containerd/v2/cmd", containerdBinaries),
      stamps: { "github.com/containerd/containerd/v2/version.Version": "v{version}" },
      tags: ["urfave_cli_no_docs"],
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
      language: "go",
      requires: ["sigs.k8s.io/cri-tools v{version}"],
      packages: { crictl: "sigs.k8s.io/cri-tools/cmd/crictl" },
      stamps: { "sigs.k8s.io/cri-tools/pkg/version.Version": "v{version}" },
    },
  },
  {
    name: "registry",
    variable: "registry_version",
    binaries: ["registry"],
    onController: true,
    upstream: {
      archive: `${github}/distribution/distribution/releases/download/v{version}/registry_{version}_linux_{arch}.tar.gz`,
      member: "registry",
      checksum: `${github}/distribution/distribution/releases/download/v{version}/registry_{version}_linux_{arch}.tar.gz.sha256`,
    },
    build: {
      language: "go",
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
      language: "go",
      requires: ["github.com/coredns/coredns v{version}"],
      packages: { coredns: "github.com/coredns/coredns" },
      stamps: { "github.com/coredns/coredns/coremain.gitTag": "v{version}" },
    },
  },
  {
    name: "kubernetes",
    variable: "kubernetes_version",
    binaries: kubernetesBinaries,
    onController: true,
    upstream: {
      file: "https://dl.k8s.io/v{version}/bin/linux/{arch}/{binary}",
      checksum: "https://dl.k8s.io/v{version}/bin/linux/{arch}/{binary}.sha256",
    },
    build: { ...kubernetesModule, packages: goPackages("k8s.io/kubernetes/cmd", kubernetesBinaries) },
  },
  {
    // The process that holds a pod's namespaces; it is only ever needed inside an image.
    name: "pause",
    variable: "pause_version",
    binaries: ["pause"],
    upstream: { image: "registry.k8s.io/pause:{version}", member: "pause" },
    build: {
      language: "c",
      module: "k8s.io/kubernetes v{kubernetes_version}",
      source: "build/pause/linux/pause.c",
      binary: "pause",
      defines: { VERSION: "v{version}" },
    },
  },
  {
    // Kubernetes' test program, of the same source and so of the same version; its image has a number of its own.
    name: "agnhost",
    variable: "kubernetes_version",
    binaries: ["agnhost"],
    upstream: { image: "registry.k8s.io/e2e-test-images/agnhost:{agnhost_image_version}", member: "agnhost" },
    build: { ...kubernetesModule, packages: { agnhost: "k8s.io/kubernetes/test/images/agnhost" } },
  },
];
