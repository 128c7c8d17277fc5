import { cacheAddress } from "#cluster/node-local.ts";

export const unitName = "kubeplay-dns-address.service";

/** On the loopback interface, so that it is on every kernel; before a pod asks. */
export const addressUnit = `[Unit]
Description=The address of this node's DNS cache
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/ip address replace ${cacheAddress}/32 dev lo
ExecStop=/usr/sbin/ip address delete ${cacheAddress}/32 dev lo

[Install]
WantedBy=multi-user.target
`;
