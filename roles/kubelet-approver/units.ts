export const serviceFile = (program: string): string => `[Unit]
Description=Approves the serving certificates of this cluster's kubelets
After=network-online.target

[Service]
Type=oneshot
ExecStart=${program}
TimeoutStartSec=60
`;

/** Seconds between two looks. A request lives for a day; kubelets ask long before their certificates end. */
export const timerFile = (interval: number): string => `[Unit]
Description=Looks now and then for kubelets that want a serving certificate

[Timer]
OnBootSec=30
OnUnitActiveSec=${interval}
AccuracySec=5
RandomizedDelaySec=5

[Install]
WantedBy=timers.target
`;
