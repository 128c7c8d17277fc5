/** At every boot, before a pod starts. */
export const unitFile = `[Unit]
Description=Routes to the pods of other hosts
After=network-online.target nftables.service
Wants=network-online.target
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/kubeplay-routes

[Install]
WantedBy=multi-user.target
`;
