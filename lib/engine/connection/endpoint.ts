import type { Target } from "./types.ts";

/** The destination of one connection: the host itself or a hop before it. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The hop before it; absent if the controller connects directly. */
  readonly through?: Endpoint;
  /** Whether it is only a hop to the host. */
  readonly isBastion: boolean;
}

/** All hops, the host last. */
export function endpointsOf({ jumps, address, port, user }: Target): Endpoint[] {
  const endpoints: Endpoint[] = [];
  const add = (endpoint: Endpoint): void => {
    const through = endpoints.at(-1);
    endpoints.push({ ...endpoint, ...(through && { through }) });
  };
  for (const jump of jumps) {
    const [, as = user, at = jump, on = "22"] = /^(?:([^@]+)@)?(.*?)(?::(\d+))?$/.exec(jump) ?? [];
    add({ address: at, port: Number(on), user: as, isBastion: true });
  }
  add({ address, port, user, isBastion: false });
  return endpoints;
}

const describeEndpoint = ({ user, address, port }: Endpoint): string => `${user}@${address}:${port}`;

/** The endpoint of a target's connection in words: "web-1 (ada@10.0.0.1:22)". */
export function placeOf(target: Target, endpoint: Endpoint): string {
  const way = endpoint.through ? `, through ${describeEndpoint(endpoint.through)}` : "";
  return endpoint.isBastion
    ? `the bastion ${describeEndpoint(endpoint)} of ${target.name}${way}`
    : `${target.name} (${describeEndpoint(endpoint)}${way})`;
}
