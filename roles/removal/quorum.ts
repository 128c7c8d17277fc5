/** The members of etcd around a removal. */
export interface Membership {
  /** The number of members, with the one that leaves. */
  readonly members: number;
  /** The names of the other members that answer, and of those that do not. */
  readonly healthy: readonly string[];
  readonly unhealthy: readonly string[];
}

const majorityOf = (members: number): number => Math.floor(members / 2) + 1;

/** Why a member must stay: without it, the others would be no majority. Undefined if it may leave. */
export function quorumProblem(leaves: string, { members, healthy, unhealthy }: Membership): string | undefined {
  const left = members - 1;
  const needed = majorityOf(left);
  if (left === 0) return `${leaves} has the only member of etcd: without it there is no cluster`;
  if (healthy.length >= needed) return undefined;
  return (
    `etcd has ${members} members. Without ${leaves} it has ${left} and needs ${needed} of them, but only ${healthy.length} ` +
    `${healthy.length === 1 ? "is" : "are"} healthy (${unhealthy.join(", ")} ${unhealthy.length === 1 ? "is" : "are"} not): etcd would ` +
    `lose its majority, and the cluster its API. Repair ${unhealthy.join(", ")} first, or remove it instead`
  );
}

/** A warning if fewer failures are survived afterwards; undefined if as many are. */
export function quorumWarning(leaves: string, { members }: Membership): string | undefined {
  const left = members - 1;
  const survives = (count: number): number => count - majorityOf(count);
  return survives(left) < survives(members)
    ? `without ${leaves}, etcd has ${left} ${left === 1 ? "member" : "members"} and survives the loss of ${survives(left)}; now, with ${members}, it survives ${survives(members)}`
    : undefined;
}
