import { weightOf } from "#cluster/weights.ts";

/** In the foreground, so that systemd sees it end; its messages go to the journal. */
export const unitFile = `[Unit]
Description=The way to the Kubernetes API from this host
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=/usr/sbin/nginx -c /etc/kube-nginx/nginx.conf -g "daemon off;"
ExecReload=/bin/kill -HUP $MAINPID
KillSignal=SIGQUIT
KillMode=mixed
TimeoutStopSec=5
Restart=always
RestartSec=1
LimitNOFILE=65536
${weightOf("kube-nginx")}

[Install]
WantedBy=multi-user.target
`;
