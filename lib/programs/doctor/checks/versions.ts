import { defineCheck, type Finding, type Seen } from "../check.ts";
import { list, nameOf, text } from "../../reading/objects.ts";

const nodes = "/api/v1/nodes";

const plain = (version: string): string => version.replace(/^v/, "");
const minor = (version: string): number => Number(/^v?\d+\.(\d+)/.exec(version)?.[1] ?? NaN);

/** https://kubernetes.io/releases/version-skew-policy/ */
const skew = { servers: 1, kubelet: 3 };

function skewFindings({ servers, api }: Seen): Finding[] {
  const minors = servers.filter(({ version }) => version !== "").map(({ version }) => minor(version));
  const [oldest, newest] = [Math.min(...minors), Math.max(...minors)];
  const apart: Finding[] =
    newest - oldest > skew.servers
      ? [
          {
            severity: "error",
            subject: "the API servers",
            problem: `their versions are ${servers.map(({ version }) => version).join(", ")}, more than one minor version apart`,
            remedy: "bring all of them to one version",
          },
        ]
      : [];
  const kubelets = list(api(nodes), "items").flatMap((node): Finding[] => {
    const version = text(node, "status", "nodeInfo", "kubeletVersion");
    const behind = oldest - minor(version);
    if (!(behind < 0 || newest - minor(version) > skew.kubelet)) return [];
    return [
      {
        severity: "error",
        subject: `node ${nameOf(node)}`,
        problem: `its kubelet is ${version}, ${behind < 0 ? "newer than an API server" : "more than three minor versions older than an API server"}`,
        remedy: behind < 0 ? "upgrade the API servers first" : "upgrade the kubelet",
      },
    ];
  });
  return [...apart, ...kubelets];
}

/** Versions that differ from the inventory's are what an upgrade would change. */
function wantedFindings({ servers, api, vars }: Seen): Finding[] {
  const note = (subject: string, is: string, variable: string, wanted: string): Finding[] =>
    is === "" || plain(is) === wanted
      ? []
      : [
          {
            severity: "note",
            subject,
            problem: `it runs ${plain(is)}, and ${variable} is ${wanted}`,
            remedy: `an upgrade changes it; to keep it, set ${variable} to ${plain(is)}`,
          },
        ];
  return [
    ...servers.flatMap(({ url, version }) => note(url, version, "kubernetes_version", vars.kubernetes_version)),
    ...list(api(nodes), "items").flatMap((node) => {
      const [runtime, version = ""] = text(node, "status", "nodeInfo", "containerRuntimeVersion").split("://");
      const kubelet = text(node, "status", "nodeInfo", "kubeletVersion");
      return [
        ...note(`the kubelet of ${nameOf(node)}`, kubelet, "kubernetes_version", vars.kubernetes_version),
        ...(runtime === "containerd"
          ? note(`containerd of ${nameOf(node)}`, version, "containerd_version", vars.containerd_version)
          : []),
      ];
    }),
  ];
}

export const versions = defineCheck({
  name: "versions",
  description: "The versions are those of the inventory, and no two components are too far apart.",
  fromApi: [nodes],
  findings: (seen) => [...skewFindings(seen), ...wantedFindings(seen)],
});
