import { certificates, users, type Ingredients } from "../ingredients.ts";
import type { Recipe } from "../recipe.ts";

const agentPrograms = [
  "cilium-agent",
  "cilium-dbg",
  "cilium-health",
  "cilium-health-responder",
  "cilium-mount",
  "cilium-sysctlfix",
  "hubble",
];
const scripts = ["init-container.sh", "install-plugin.sh", "cni-uninstall.sh"];

/** The agent compiles its datapath on the node, with the clang of its image; the others are one program each. */
export const cilium = ({ architecture, version, program, part, root }: Ingredients): readonly Recipe[] => {
  const common = { host: "quay.io", tags: [`v${version("cilium_version")}`], for: ["cilium"], architecture } as const;
  return [
    {
      ...common,
      repository: "cilium/cilium",
      base: root("cilium"),
      command: ["/usr/bin/cilium-dbg"],
      environment: { HUBBLE_SERVER: "unix:///var/run/cilium/hubble.sock", INITSYSTEM: "SYSTEMD" },
      workdir: "/home/cilium",
      files: {
        ...Object.fromEntries(agentPrograms.map((name) => [`/usr/bin/${name}`, program(name)])),
        ...Object.fromEntries(scripts.map((name) => [`/${name}`, part("cilium-files", name)])),
        "/opt/cni/bin/cilium-cni": program("cilium-cni"),
        "/cni/loopback": program("loopback"),
        "/var/lib/cilium/bpf": part("cilium-files", "bpf"),
      },
      links: { "/usr/bin/clang": "clang-19" },
      note: "without Envoy: no layer 7 rules, no Ingress, no Gateway API",
    },
    {
      ...common,
      repository: "cilium/operator-generic",
      command: ["/usr/bin/cilium-operator-generic"],
      files: { "/usr/bin/cilium-operator-generic": program("cilium-operator-generic"), ...certificates, ...users },
    },
    {
      ...common,
      repository: "cilium/hubble-relay",
      for: ["hubble-relay"],
      entrypoint: ["/usr/bin/hubble-relay"],
      command: ["serve"],
      user: "65532:65532",
      files: { "/usr/bin/hubble-relay": program("hubble-relay"), ...certificates, ...users },
      // The relay writes the address of its debugging agent here, and does not start if it cannot.
      scratch: ["/home/nonroot"],
    },
  ];
};
