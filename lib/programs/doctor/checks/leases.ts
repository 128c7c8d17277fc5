import { defineCheck, type Finding } from "../check.ts";
import { list, nameOf, number, secondsSince, text } from "../../reading/objects.ts";

const path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
const leaders = ["kube-controller-manager", "kube-scheduler"];

/** The leases with which one of several takes the lead. */
export const leases = defineCheck({
  name: "leases",
  description: "One kube-controller-manager and one kube-scheduler lead, and renew their leases.",
  fromApi: [path],
  findings: ({ api, now }) => {
    if (api(path) === undefined) return [];
    return leaders.flatMap((name): Finding[] => {
      const lease = list(api(path), "items").find((one) => nameOf(one) === name);
      const age = secondsSince(now, text(lease, "spec", "renewTime"));
      const duration = number(lease, "spec", "leaseDurationSeconds");
      const holder = text(lease, "spec", "holderIdentity");
      // A lease may end a moment before somebody else takes it.
      if (lease !== undefined && holder !== "" && age <= 2 * duration) return [];
      return [
        {
          severity: "error",
          subject: name,
          problem: "none of them leads: nothing is scheduled or reconciled",
          cause:
            lease === undefined
              ? "there is no lease"
              : `${holder === "" ? "its holder gave it up" : `${holder} renewed it`} ${String(Math.round(age))} s ago`,
          remedy: `journalctl -u ${name} on every master shows why`,
        },
      ];
    });
  },
});
