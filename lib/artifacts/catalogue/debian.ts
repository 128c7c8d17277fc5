import { createHash } from "node:crypto";
import type { Component, DebianRoot } from "./component.ts";

/** Increase this when debian-root.ts assembles the same packages differently. */
const method = 1;

/** A root is named after its contents: adding or removing a package makes another root. */
const root = (name: string, made: Omit<DebianRoot, "kind">): Component => {
  const digest = createHash("sha256").update(JSON.stringify({ method, made })).digest("hex").slice(0, 8);
  return {
    name: `${name}-root`,
    variable: "debian_suite",
    binaries: [`${name}-root-${digest}`],
    build: { kind: "debian-root", ...made },
  };
};

/** Images do not need documentation. */
const documentation = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*"];

/** Programs and root file systems from Debian. */
export const debian: readonly Component[] = [
  {
    name: "busybox",
    variable: "busybox_version",
    binaries: ["busybox"],
    build: { kind: "debian", package: "busybox-static", files: { busybox: "usr/bin/busybox" } },
  },
  {
    name: "bash",
    variable: "bash_version",
    binaries: ["bash"],
    build: { kind: "debian", package: "bash-static", files: { bash: "usr/bin/bash-static" } },
  },
  {
    // The lab's own registry: it saves a minute of compiling the addon's newer one before the first node.
    name: "lab-registry",
    variable: "lab_registry_version",
    binaries: ["docker-registry"],
    onController: true,
    build: { kind: "debian", package: "docker-registry", files: { "docker-registry": "usr/bin/docker-registry" } },
  },
  root("cilium", {
    packages: [
      ..."bash ca-certificates iproute2 iptables ipset kmod util-linux mount libatomic1 bpftool".split(" "),
      "clang-19",
    ],
    // The compiler is only for BPF: leave out files that build or analyze native programs.
    without: [
      ...documentation,
      ..."/usr/include/c++/* /usr/lib/gcc/* /usr/lib/*.a /usr/lib/llvm-19/share/*".split(" "),
      ..."/usr/lib/*/lib*san.so* /usr/lib/*/libclang-19.so* /usr/lib/*/libgprofng* /usr/lib/*/gconv/*".split(" "),
    ],
  }),
  root("test-tools", {
    packages: [
      ..."bash ca-certificates curl wget bind9-dnsutils bind9-host netcat-openbsd socat iperf".split(" "),
      ..."iproute2 iputils-ping net-tools procps util-linux bsdextrautils".split(" "),
    ],
    without: documentation,
  }),
  root("nginx", { packages: ["nginx-light", "ca-certificates"], without: documentation }),
];
