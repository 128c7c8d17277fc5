/**
 * At every boot before a pod starts, and after nftables.service, which begins with an empty packet filter whenever it
 * starts. It goes back to inactive, so that the timer can start it again; only its complaints are logged.
 */
export const routesService = (program: string): string => `[Unit]
Description=Routes to the pods of other hosts
After=network-online.target systemd-networkd.service nftables.service
Wants=network-online.target
Before=kubelet.service

[Service]
Type=oneshot
ExecStart=${program}
SyslogLevel=warning
LogLevelMax=notice

[Install]
WantedBy=multi-user.target nftables.service
`;

/** As often as kube-proxy looks after its own rules. */
export const routesTimer = `[Unit]
Description=Set the routes to pods again where somebody took them away

[Timer]
OnActiveSec=30s
OnUnitInactiveSec=30s
AccuracySec=1s

[Install]
WantedBy=timers.target
`;

/** Read when systemd-networkd starts, which is when it would take away all routes that are not its own. */
export const networkdConfiguration = `# The routes to the pods of other hosts are not from here, and shall stay.
[Network]
ManageForeignRoutes=no
`;
