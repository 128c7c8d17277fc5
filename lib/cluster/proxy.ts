import { Type } from "typebox";
import { type Inventory, Secret, type Values } from "kubeplay";
import { clusterVariables } from "./variables.ts";

const url = (description: string) =>
  Type.Optional(Secret(Type.String({ pattern: "^https?://[^\\s\"'\\\\]+$", description })));

/** The proxy by which a host reaches the internet, and the addresses of the cluster, which bypass it. */
export const proxyVariables = {
  http_proxy: url(
    "The proxy by which apt and containerd on the hosts reach http:// addresses. With a user and password if it requires them: http://user:password@host:3128.",
  ),
  https_proxy: url("The same for https:// addresses; http_proxy if not set."),
  no_proxy: Type.String({
    default: "",
    pattern: "^[^\\s\"'\\\\]*$",
    description:
      "Further addresses that bypass the proxy, separated by commas. The hosts of the inventory, the cluster's networks, .svc and cluster_domain always do.",
  }),
  service_cidr: clusterVariables.service_cidr,
  service_cidr_v6: clusterVariables.service_cidr_v6,
  pod_cidr: clusterVariables.pod_cidr,
  pod_cidr_v6: clusterVariables.pod_cidr_v6,
  cluster_domain: clusterVariables.cluster_domain,
};

export interface Behind {
  readonly vars: Values<typeof proxyVariables>;
  readonly inventory: Pick<Inventory, "hosts">;
}

/** The environment of a program that may need the proxy; empty if there is none. */
export function proxyEnvironment({ vars, inventory }: Behind): Readonly<Record<string, string>> {
  const { http_proxy: http, https_proxy: https = http } = vars;
  if (https === undefined) return {};
  const direct = [
    ...["localhost", "127.0.0.1"],
    ...inventory.hosts.flatMap(({ name, address }) => [name, address]),
    ...[
      vars.service_cidr,
      vars.service_cidr_v6 ?? "",
      vars.pod_cidr,
      vars.pod_cidr_v6 ?? "",
      ".svc",
      `.${vars.cluster_domain}`,
    ],
    ...vars.no_proxy.split(","),
  ];
  return {
    ...(http !== undefined && { http_proxy: http }),
    https_proxy: https,
    no_proxy: [...new Set(direct.filter(Boolean))].join(","),
  };
}
