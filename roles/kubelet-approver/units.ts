export const serviceFile = (program: string): string => `[Unit]
Description=Approves the serving certificates of this cluster's kubelets
After=network-online.target

[Service]
Type=oneshot
ExecStart=${program}
TimeoutStartSec=60
`;

/** A request lives for a day; kubelets ask long before their certificates end. */
export const timerFile = `[Unit]
Description=Looks every minute for kubelets that want a serving certificate

[Timer]
OnBootSec=30
OnUnitActiveSec=60
AccuracySec=5
RandomizedDelaySec=5

[Install]
WantedBy=timers.target
`;
