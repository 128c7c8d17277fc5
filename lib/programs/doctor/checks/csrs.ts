import { defineCheck, type Finding } from "../check.ts";
import { condition, list, nameOf, secondsSince, text } from "../../reading/objects.ts";

const path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
/** Seconds: requests are answered as they come, and an API that was away for a while delays that. */
const patience = 900;

export const csrs = defineCheck({
  name: "csrs",
  description: "No certificate signing request waits or has failed.",
  fromApi: [path],
  findings: ({ api, now }) =>
    list(api(path), "items").flatMap((request): Finding[] => {
      const [approved, denied, failed] = ["Approved", "Denied", "Failed"].map((type) => condition(request, type));
      const issued = text(request, "status", "certificate") !== "";
      const subject = `CSR ${nameOf(request)} of ${text(request, "spec", "username")}`;
      const waits = secondsSince(now, text(request, "metadata", "creationTimestamp")) > patience;
      const bad = [denied, failed].find((one) => one?.status === "True");
      if (bad)
        return [
          {
            severity: "warning",
            subject,
            problem: "it was denied or has failed",
            cause: bad.message || bad.reason,
            remedy: "compare its names with the inventory: npm run kubectl -- describe csr",
          },
        ];
      if (issued || !waits) return [];
      return [
        {
          severity: "warning",
          subject,
          problem: approved?.status === "True" ? "it is approved, but nobody signs it" : "nobody approves it",
          remedy:
            approved?.status === "True"
              ? "journalctl -u kube-controller-manager on the masters: it signs them"
              : "journalctl -u kubelet-approver on the masters says why; only what nodes of the inventory ask for themselves is approved",
        },
      ];
    }),
});
