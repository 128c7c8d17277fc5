import { weightOf } from "#cluster/weights.ts";

export interface KubeletFlags {
  readonly binDir: string;
  /** A line for the environment of a program of Go, or none. */
  readonly go?: string;
  readonly node: string;
  /** The address that it tells the API, or two with a comma between; undefined leaves the choice to the kubelet. */
  readonly nodeIp: string | undefined;
  /** Seconds. */
  readonly housekeepingInterval: number;
  readonly config: string;
  readonly kubeconfig: string;
  readonly bootstrapKubeconfig: string;
}

/** Pods outlive it: only the kubelet itself ends (KillMode). It exits while the API does not answer, and comes again. */
export const unitFile = (flags: KubeletFlags): string => `[Unit]
Description=kubelet, which runs this node's pods
Documentation=https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
After=containerd.service network-online.target
Wants=containerd.service network-online.target
StartLimitIntervalSec=0

[Service]
${flags.go ?? ""}ExecStart=${[
  `${flags.binDir}/kubelet`,
  `--config=${flags.config}`,
  `--kubeconfig=${flags.kubeconfig}`,
  `--bootstrap-kubeconfig=${flags.bootstrapKubeconfig}`,
  // Of the embedded cAdvisor: KubeletConfiguration has no field for it.
  `--housekeeping-interval=${flags.housekeepingInterval}s`,
  "--cert-dir=/var/lib/kubelet/pki",
  `--hostname-override=${flags.node}`,
  ...(flags.nodeIp === undefined ? [] : [`--node-ip=${flags.nodeIp}`]),
].join(" \\\n  ")}
Restart=always
RestartSec=1
KillMode=process
CPUAccounting=true
MemoryAccounting=true
${weightOf("kubelet")}

[Install]
WantedBy=multi-user.target
`;
