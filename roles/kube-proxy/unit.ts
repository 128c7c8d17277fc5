/** It exits while the API does not answer, and is started again for as long as it takes. */
export const unitFile = (binDir: string, go = ""): string => `[Unit]
Description=kube-proxy, the way from Services to their pods
Documentation=https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
${go}ExecStart=${binDir}/kube-proxy --config=/etc/kubernetes/kube-proxy.json
Restart=always
RestartSec=1
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
`;
