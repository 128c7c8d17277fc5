import { weightOf } from "#cluster/weights.ts";

/** Where its proxy is written: it may have a password in it, which `systemctl show` would tell everybody. */
export const proxyFile = "/etc/containerd/proxy.env";

/** Values without quotes and backslashes, as the variables take them. */
export const environmentFile = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");

export interface ContainerdUnit {
  readonly binDir: string;
  /** A line for the environment of a program of Go, or none. */
  readonly go?: string;
  /** null leaves it to systemd. */
  readonly oomScoreAdjust: number | null;
}

/** Containers outlive a restart of containerd: it ends alone (KillMode) and manages their cgroups itself (Delegate). */
export const unitFile = ({ binDir, go = "", oomScoreAdjust }: ContainerdUnit): string => `[Unit]
Description=containerd, the container runtime
Documentation=https://containerd.io
After=network.target dbus.service
StartLimitIntervalSec=0

[Service]
Type=notify
EnvironmentFile=-${proxyFile}
${go}ExecStartPre=-/sbin/modprobe overlay
ExecStart=${binDir}/containerd --config /etc/containerd/config.toml
Delegate=yes
KillMode=process
Restart=always
RestartSec=2
LimitNPROC=infinity
LimitCORE=infinity
LimitNOFILE=1048576
TasksMax=infinity
${weightOf("containerd")}
${oomScoreAdjust === null ? "" : `OOMScoreAdjust=${String(oomScoreAdjust)}\n`}
[Install]
WantedBy=multi-user.target
`;
