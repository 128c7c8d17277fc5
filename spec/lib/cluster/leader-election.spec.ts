import { expect } from "chai";
import { InputError } from "#engine/errors.ts";
import { leaderElectionFlags, leaderElectionVariables } from "#cluster/leader-election.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { defaultsOf, master, tasksOf } from "../../roles/setting.ts";

const usual = defaultsOf(leaderElectionVariables) as unknown as Parameters<typeof leaderElectionFlags>[0];

describe("the leader election of controllers and schedulers", () => {
  it("has Kubernetes' defaults, unless variables set other values", () => {
    expect(leaderElectionFlags(usual)).to.deep.equal({
      "leader-elect-lease-duration": "15s",
      "leader-elect-renew-deadline": "10s",
      "leader-elect-retry-period": "2s",
    });
    const longer = { hosts: [master("a", "10.0.0.11")], vars: { leader_election_lease_duration: 40 } };
    for (const tasks of [tasksOf(kubeControllerManager, longer), tasksOf(kubeScheduler, longer)]) {
      const unit = tasks.find(({ name }) => name === "Write its unit")?.props as {
        values: { arguments: readonly string[] };
      };
      expect(unit.values.arguments).to.include("--leader-elect-lease-duration=40s");
    }
  });

  it("is refused if a leader would lose its lease between two attempts", () => {
    const refused = { ...usual, leader_election_lease_duration: 10, leader_election_retry_period: 9 };
    expect(() => leaderElectionFlags(refused)).to.throw(
      InputError,
      /lease_duration is 10: expected more than leader_election_renew_deadline, 10\n.*renew_deadline is 10: expected more than 1\.2 times leader_election_retry_period, 9/s,
    );
  });
});
