import { quote } from "kubeplay";
import { answer, defineCheck, type Finding } from "../check.ts";
import { script } from "../../reading/script.ts";

/** Percent. Kubelets evict pods from 85 or 90 % on, by default. */
const limits = { warning: 85, error: 95 };

interface Usage {
  readonly mount: string;
  readonly percent: number;
}

/** The output of df -P, or of df -Pi. */
export const usagesIn = (text: string): Usage[] =>
  text.split("\n").flatMap((line) => {
    const [, percent, mount] = /(\d+)%\s+(\/\S*)$/.exec(line) ?? [];
    return percent === undefined || mount === undefined ? [] : [{ mount, percent: Number(percent) }];
  });

const findingsOf = (host: string, what: string, usages: readonly Usage[]): Finding[] =>
  [...new Map(usages.map((usage) => [usage.mount, usage])).values()]
    .filter(({ percent }) => percent >= limits.warning)
    .map(({ mount, percent }) => ({
      severity: percent >= limits.error ? "error" : "warning",
      subject: host,
      problem: `${what} of ${mount} are ${String(percent)} % used`,
      remedy:
        "free some: crictl rmi --prune removes unused images, journalctl --vacuum-size=500M old logs; or enlarge it",
    }));

export const disks = defineCheck({
  name: "disks",
  description: "No file system of the cluster's folders is nearly full.",
  onHosts: (_host, { vars }) => {
    const folders = ["/", "/var/lib/containerd", "/var/lib/kubelet", "/var/log", vars.etcd_data_dir, vars.storage_path];
    const there = `set --; for folder in ${folders.map(quote).join(" ")}; do [ ! -d "$folder" ] || set -- "$@" "$folder"; done`;
    return { space: script(`${there}; df -Pk "$@"`), inodes: script(`${there}; df -Pi "$@"`) };
  },
  findings: ({ patients }) =>
    patients.flatMap((patient) => [
      ...findingsOf(patient.host.name, "the bytes", usagesIn(answer<string>(patient, "space") ?? "")),
      ...findingsOf(patient.host.name, "the inodes", usagesIn(answer<string>(patient, "inodes") ?? "")),
    ]),
});
