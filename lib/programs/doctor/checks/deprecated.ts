import { deprecatedIn } from "#cluster/deprecated-apis.ts";
import { defineCheck, type Finding, type Seen } from "../check.ts";

const metrics = "/metrics";

const settings = ({ vars, patients }: Seen): Finding[] => [
  ...(vars.kube_proxy_mode === "ipvs" && !vars.kube_proxy_replacement
    ? [
        {
          severity: "note" as const,
          subject: "kube-proxy",
          problem: "kube_proxy_mode is ipvs, which Kubernetes has deprecated",
          remedy: "set kube_proxy_mode: nftables (kernel 5.13 or newer), and play site",
        },
      ]
    : []),
  ...patients
    .filter(({ facts }) => facts.cgroup === 1)
    .map(({ host }) => ({
      severity: "note" as const,
      subject: host.name,
      problem: "it uses cgroup v1, which Kubernetes has deprecated",
      remedy: "boot it with systemd.unified_cgroup_hierarchy=1",
    })),
];

export const deprecated = defineCheck({
  name: "deprecated",
  description: "Nothing is in use that Kubernetes has deprecated.",
  fromApi: [metrics],
  findings: (seen) => {
    const text = seen.api(metrics);
    const requested = typeof text === "string" ? deprecatedIn(text) : [];
    return [
      ...settings(seen),
      ...requested.map(({ api, removed }): Finding => ({
        severity: "note",
        subject: `API ${api}`,
        problem: `a client has used it since kube-apiserver started, and it is deprecated${removed === "" ? "" : `; release ${removed} removes it`}`,
        remedy: "the audit log has the annotation k8s.io/deprecated with the user of each such request",
      })),
    ];
  },
});
