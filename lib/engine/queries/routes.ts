import { TaskError } from "../errors.ts";
import { defineQuery, type Query } from "./define.ts";

/** An IPv4 route of the main table. */
export interface Route {
  /** A network as ip(8) writes it: "10.244.12.0/24", an address without /32, "default". */
  readonly to: string;
  /** The gateway; undefined for a directly connected network. */
  readonly via: string | undefined;
  readonly device: string | undefined;
}

const any = "any";

const of = defineQuery<readonly Route[]>({
  kind: "routes",
  // Protocols as numbers: a host may have names for some.
  ask: () => "ip -4 -N -json route show table main 2>/dev/null; :",
  parse: (stdout, protocols) => {
    const listed = stdout.trim() === "" ? [] : (JSON.parse(stdout) as readonly Listed[]);
    return new Map(
      protocols.map((wanted) => [
        wanted,
        listed
          .filter(({ protocol }) => wanted === any || protocol === wanted)
          .map(({ dst, gateway, dev }) => ({ to: dst, via: gateway, device: dev })),
      ]),
    );
  },
});

interface Listed {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly protocol?: string;
}

/**
 * The IPv4 routes of a routing protocol, 1 to 255: a program marks its own routes with such a number. Throws TaskError
 * for another number.
 */
export function routesOf(protocol: number): Query<readonly Route[]> {
  if (!Number.isInteger(protocol) || protocol < 1 || protocol > 255)
    throw new TaskError(`${String(protocol)} is not the number of a routing protocol, expected 1 to 255`);
  return of(String(protocol));
}

/** All IPv4 routes of the main table. */
export const routes = (): Query<readonly Route[]> => of(any);
