import { Type } from "typebox";
import { InputError } from "kubeplay";

const seconds = (value: number, description: string) => Type.Integer({ default: value, minimum: 1, description });

/** For kube-controller-manager and kube-scheduler, of which one of each leads. */
export const leaderElectionVariables = {
  leader_election_lease_duration: seconds(
    15,
    "Seconds that the controllers and the scheduler that lead keep the lead without renewing it: so long after a loss nobody leads.",
  ),
  leader_election_renew_deadline: seconds(
    10,
    "Seconds for a leader to renew its lead. It ends where it could not, and is started again.",
  ),
  leader_election_retry_period: seconds(2, "Seconds between two tries to take the lead, or to renew it."),
};

export interface LeaderElection {
  readonly leader_election_lease_duration: number;
  readonly leader_election_renew_deadline: number;
  readonly leader_election_retry_period: number;
}

/** Tries are put off by up to this much of the period, so that not all come at once. */
const jitter = 1.2;

/** The flags of both, in Go's durations. Throws InputError for what neither would start with. */
export function leaderElectionFlags(vars: LeaderElection): Readonly<Record<string, string>> {
  const {
    leader_election_lease_duration: lease,
    leader_election_renew_deadline: renew,
    leader_election_retry_period: retry,
  } = vars;
  const problems = [
    ...(lease > renew
      ? []
      : [`leader_election_lease_duration is ${lease}: expected more than leader_election_renew_deadline, ${renew}`]),
    ...(renew > jitter * retry
      ? []
      : [
          `leader_election_renew_deadline is ${renew}: expected more than ${jitter} times leader_election_retry_period, ${retry}`,
        ]),
  ];
  if (problems.length > 0) throw new InputError(problems.map((message) => ({ message })));
  return {
    "leader-elect-lease-duration": `${lease}s`,
    "leader-elect-renew-deadline": `${renew}s`,
    "leader-elect-retry-period": `${retry}s`,
  };
}
