import type { Component } from "./component.ts";
import { github } from "./words.ts";

const cilium = "github.com/cilium/cilium";
const build = {
  kind: "go",
  requires: [`${cilium} v{version}`],
  repeats: `${cilium} v{version}`,
  stamps: { [`${cilium}/pkg/version.ciliumVersion`]: "{version}" },
} as const;

/** Cilium. The operator is a separate build, because it is another program with other tags. */
export const ciliumComponents: readonly Component[] = [
  {
    name: "cilium",
    variable: "cilium_version",
    binaries: [
      "cilium-agent",
      "cilium-cni",
      "cilium-dbg",
      "cilium-health",
      "cilium-health-responder",
      "cilium-mount",
      "cilium-sysctlfix",
    ],
    upstream: {
      image: "quay.io/cilium/cilium:v{version}",
      member: {
        "cilium-agent": "usr/bin/cilium-agent",
        "cilium-cni": "opt/cni/bin/cilium-cni",
        "cilium-dbg": "usr/bin/cilium-dbg",
        "cilium-health": "usr/bin/cilium-health",
        "cilium-health-responder": "usr/bin/cilium-health-responder",
        "cilium-mount": "usr/bin/cilium-mount",
        "cilium-sysctlfix": "usr/bin/cilium-sysctlfix",
      },
    },
    build: {
      ...build,
      tags: ["osusergo"],
      packages: {
        "cilium-agent": `${cilium}/daemon`,
        "cilium-cni": `${cilium}/plugins/cilium-cni`,
        "cilium-dbg": `${cilium}/cilium-dbg`,
        "cilium-health": `${cilium}/cilium-health`,
        "cilium-health-responder": `${cilium}/cilium-health/responder`,
        "cilium-mount": `${cilium}/tools/mount`,
        "cilium-sysctlfix": `${cilium}/tools/sysctlfix`,
      },
    },
  },
  {
    // Part of the agents' image, for users who inspect flows.
    name: "hubble",
    variable: "cilium_version",
    binaries: ["hubble"],
    upstream: { image: "quay.io/cilium/cilium:v{version}", member: "usr/bin/{binary}" },
    build: {
      ...build,
      stamps: { [`${cilium}/hubble/pkg.Version`]: "{version}" },
      packages: { hubble: `${cilium}/hubble` },
    },
  },
  {
    name: "cilium-operator",
    variable: "cilium_version",
    binaries: ["cilium-operator-generic"],
    upstream: { image: "quay.io/cilium/operator-generic:v{version}", member: "usr/bin/{binary}" },
    build: {
      ...build,
      tags: ["osusergo", "ipam_provider_operator"],
      packages: { "cilium-operator-generic": `${cilium}/operator` },
    },
  },
  {
    name: "hubble-relay",
    variable: "cilium_version",
    binaries: ["hubble-relay"],
    upstream: { image: "quay.io/cilium/hubble-relay:v{version}", member: "usr/bin/{binary}" },
    build: { ...build, tags: ["osusergo"], packages: { "hubble-relay": `${cilium}/hubble-relay` } },
  },
  {
    name: "cilium-chart",
    variable: "cilium_version",
    binaries: ["cilium-chart"],
    onController: true,
    upstream: {
      tree: "https://helm.cilium.io/cilium-{version}.tgz",
      paths: { cilium: "cilium" },
      index: { url: "https://helm.cilium.io/index.yaml", chart: "cilium", version: "{version}" },
    },
    build: { kind: "tree", module: `${cilium} v{version}`, paths: { cilium: "install/kubernetes/cilium" } },
  },
  {
    // Sources that the agent compiles for each endpoint at run time, and scripts that the chart's containers start.
    name: "cilium-files",
    variable: "cilium_version",
    binaries: ["cilium-files"],
    upstream: {
      tree: `${github}/cilium/cilium/archive/refs/tags/v{version}.tar.gz`,
      paths: {
        bpf: "cilium-{version}/bpf",
        "init-container.sh": "cilium-{version}/images/cilium/init-container.sh",
        "install-plugin.sh": "cilium-{version}/plugins/cilium-cni/install-plugin.sh",
        "cni-uninstall.sh": "cilium-{version}/plugins/cilium-cni/cni-uninstall.sh",
      },
    },
    build: {
      kind: "tree",
      module: `${cilium} v{version}`,
      paths: {
        bpf: "bpf",
        "init-container.sh": "images/cilium/init-container.sh",
        "install-plugin.sh": "plugins/cilium-cni/install-plugin.sh",
        "cni-uninstall.sh": "plugins/cilium-cni/cni-uninstall.sh",
      },
    },
  },
];
