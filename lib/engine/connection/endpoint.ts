import type { SshSettings, Target } from "./types.ts";

/** The destination of one connection: the host itself or a hop before it. */
export interface Endpoint extends SshSettings {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly knownHostsFiles: readonly string[];
  /** The hop before it; absent if the controller connects directly. */
  readonly through?: Endpoint;
  /** Whether it is only a hop to the host. */
  readonly isBastion: boolean;
}

/** All hops, the host last. */
export function endpointsOf(target: Target): Endpoint[] {
  const { jumps, knownHostsFiles, address, port, user, ...rest } = target;
  const endpoints: Endpoint[] = [];
  const add = (endpoint: Endpoint): void => {
    const through = endpoints.at(-1);
    endpoints.push({ ...endpoint, ...(through && { through }) });
  };
  for (const jump of jumps) add({ knownHostsFiles, ...jump, isBastion: true });
  add({ ...settingsIn(rest), address, port, user, knownHostsFiles, isBastion: false });
  return endpoints;
}

const settingsIn = ({
  identityFiles,
  acceptsUnknownKeys,
  hostKeyAlias,
  proxyCommand,
  setBy,
}: SshSettings): SshSettings => ({
  ...(identityFiles && { identityFiles }),
  ...(acceptsUnknownKeys && { acceptsUnknownKeys }),
  ...(hostKeyAlias !== undefined && { hostKeyAlias }),
  ...(proxyCommand !== undefined && { proxyCommand }),
  ...(setBy !== undefined && { setBy }),
});

const describeEndpoint = ({ user, address, port }: Endpoint): string => `${user}@${address}:${port}`;

/** The endpoint of a target's connection in words: "web-1 (ada@10.0.0.1:22, by /root/.ssh/config:3)". */
export function placeOf(target: Target, endpoint: Endpoint): string {
  const way = endpoint.through ? `, through ${describeEndpoint(endpoint.through)}` : "";
  const by = endpoint.setBy === undefined ? "" : `, by ${endpoint.setBy}`;
  return endpoint.isBastion
    ? `the bastion ${describeEndpoint(endpoint)} of ${target.name}${way}${by}`
    : `${target.name} (${describeEndpoint(endpoint)}${way}${by})`;
}
