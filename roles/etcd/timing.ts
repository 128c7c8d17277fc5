import { InputError } from "kubeplay";

export interface Timing {
  readonly etcd_heartbeat_interval: number;
  readonly etcd_election_timeout: number;
}

/** etcd exits if its election timeout is shorter than this many heartbeats. */
const atLeast = 5;

/** Throws InputError for values with which no member would start. */
export function checkTiming({ etcd_heartbeat_interval: heartbeat, etcd_election_timeout: election }: Timing): void {
  const least = atLeast * heartbeat;
  if (election >= least) return;
  const message = `etcd_election_timeout is ${election} ms with an etcd_heartbeat_interval of ${heartbeat} ms: expected ${least} ms or more, ${atLeast} heartbeats`;
  throw new InputError([{ message }]);
}
