import { Type } from "typebox";
import { InputError } from "kubeplay";

const seconds = (value: number, description: string) => Type.Integer({ default: value, minimum: 1, description });

/** For kube-controller-manager and kube-scheduler: one instance of each leads. */
export const leaderElectionVariables = {
  leader_election_lease_duration: seconds(
    15,
    "Seconds for which the leading controller manager and scheduler keep their lease without renewing it. After a leader is lost, there is none for this time.",
  ),
  leader_election_renew_deadline: seconds(
    10,
    "Seconds for a leader to renew its lease. If it cannot, it exits and is restarted.",
  ),
  leader_election_retry_period: seconds(2, "Seconds between two attempts to acquire or renew a lease."),
};

export interface LeaderElection {
  readonly leader_election_lease_duration: number;
  readonly leader_election_renew_deadline: number;
  readonly leader_election_retry_period: number;
}

/** Attempts are delayed by up to this multiple of the period, so that they do not coincide. */
const jitter = 1.2;

/** The flags of both programs, as Go durations. Throws InputError for values with which neither would start. */
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
