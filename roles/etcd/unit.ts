import { weightOf } from "#cluster/weights.ts";

/** etcd says itself when it is ready; a member alone waits for its peers, however long that takes. */
export const unitFile = (binDir: string, go = ""): string => `[Unit]
Description=etcd, the cluster's database
Documentation=https://etcd.io/docs
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
User=etcd
Group=etcd
${go}ExecStart=${binDir}/etcd --config-file /etc/etcd/etcd.yaml
Restart=always
RestartSec=1
TimeoutStartSec=0
LimitNOFILE=65536
${weightOf("etcd")}
# As etcd's tuning guide has it: its log before what others write.
IOSchedulingClass=best-effort
IOSchedulingPriority=0
# For hosts that have no cgroups of processors; nothing inherits it.
Nice=-10

[Install]
WantedBy=multi-user.target
`;
