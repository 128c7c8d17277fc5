/** etcd says itself when it is ready; a member alone waits for its peers, however long that takes. */
export const unitFile = (binDir: string): string => `[Unit]
Description=etcd, the cluster's database
Documentation=https://etcd.io/docs
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
User=etcd
Group=etcd
ExecStart=${binDir}/etcd --config-file /etc/etcd/etcd.yaml
Restart=always
RestartSec=1
TimeoutStartSec=0
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
`;
