import { isIPv6 } from "node:net";
import { Type } from "typebox";
import type { Facts } from "#lib/facts/types.ts";
import type { Host } from "#lib/inventory/types.ts";

export const dualStackVariables = {
  node_address_v6: Type.Optional(
    Type.String({
      format: "ipv6",
      description:
        "The host's IPv6 address in a dual-stack cluster; by default the first global one of the interface that has its IPv4 address.",
    }),
  ),
};

/** What programs take for networks or addresses of both families: IPv4 first, which is the cluster's own. */
export const bothFamilies = (v4: string, v6: string | undefined): string => (v6 === undefined ? v4 : `${v4},${v6}`);

/** The host's IPv6 address; undefined where it has none that goes beyond its link. */
export function ipv6Of({ address }: Host, { addresses }: Facts, chosen: string | undefined): string | undefined {
  if (chosen !== undefined) return chosen;
  const own = addresses.find((each) => each.address === address)?.interface;
  return addresses.find((each) => each.interface === own && isIPv6(each.address) && !/^fe[89ab]/i.test(each.address))
    ?.address;
}
