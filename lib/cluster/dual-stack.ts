import { Type } from "typebox";

export const dualStackVariables = {
  node_address_v6: Type.Optional(
    Type.String({
      format: "ipv6",
      description:
        "A node's IPv6 address, beside node_address: each has one in a dual-stack cluster (service_cidr_v6).",
    }),
  ),
};

/** What programs take for networks or addresses of both families: IPv4 first, which is the cluster's own. */
export const bothFamilies = (v4: string, v6: string | undefined): string => (v6 === undefined ? v4 : `${v4},${v6}`);

/** A node's IPv6 address, where the cluster is dual stack. */
export const ipv6Of = (vars: {
  readonly service_cidr_v6: string | undefined;
  readonly node_address_v6: string | undefined;
}): string | undefined => (vars.service_cidr_v6 === undefined ? undefined : vars.node_address_v6);
