import { Type } from "typebox";

export const dualStackVariables = {
  node_address_v6: Type.Optional(
    Type.String({
      format: "ipv6",
      description:
        "A node's IPv6 address, in addition to node_address. Each node of a dual-stack cluster (service_cidr_v6) has one.",
    }),
  ),
};

/** The notation of programs for networks or addresses of both families; IPv4, the cluster's own family, comes first. */
export const bothFamilies = (v4: string, v6: string | undefined): string => (v6 === undefined ? v4 : `${v4},${v6}`);

/** A node's IPv6 address; undefined if the cluster is not dual-stack. */
export const ipv6Of = (vars: {
  readonly service_cidr_v6: string | undefined;
  readonly node_address_v6: string | undefined;
}): string | undefined => (vars.service_cidr_v6 === undefined ? undefined : vars.node_address_v6);
