import { expect } from "chai";
import { measured, type } from "./lab.ts";

/** Kubernetes' own tests by subject: a part of its conformance tests, and three tests of network policies. */
const selection = [
  "DNS should provide DNS for (services|the cluster)",
  "Services should (serve a basic endpoint from pods|be able to change the type from ExternalName to ClusterIP|be able to switch session affinity for service with type clusterIP)",
  "Networking Granular Checks: Pods should function for (intra-pod|node-pod) communication: http",
  "NetworkPolicy between server and client should (support a 'default-deny-ingress' policy|enforce policy based on PodSelector with MatchExpressions|allow ingress access from updated pod)",
  "Pods should (be submitted and removed|get a host IP|contain environment variables for services)",
  "ConfigMap should be consumable (from pods in volume as non-root|via environment variable)",
  "Secrets should be consumable (from pods in volume|in multiple volumes in a pod)",
  "Job should (run a job to completion when tasks sometimes fail and are locally restarted|delete a job)",
  "Daemon set should (run and stop simple daemon|rollback without unnecessary restarts)",
  "Deployment (RollingUpdateDeployment should delete old pods and create new ones|should run the lifecycle of a Deployment)",
  "StatefulSet Basic StatefulSet functionality \\[StatefulSetBasic\\] should perform canary updates",
  "ServiceAccounts should (mount an API token into pods|guarantee kube-root-ca.crt exist in any namespace)",
  "SubjectReview should support SubjectReview API operations",
  "Aggregator Should be able to support the 1.17 Sample API Server",
];

describe("Kubernetes' own end-to-end tests", function () {
  // Each test has its own time limit, which a small, busy machine may miss once.
  this.retries(1);

  it("pass for this selection", async () => {
    const words = [
      "--parallel",
      "3",
      "--labels",
      "Conformance || Feature:NetworkPolicy",
      "--focus",
      selection.join("|"),
    ];
    const { code, output, seconds } = await type("npm", "run", "--silent", "conformance", "--", ...words);
    measured("the selection", seconds);
    expect(code, output).to.equal(0);
    const [, passed, failed] = /^\| all +\| +(\d+) \| +(\d+) \|/m.exec(output) ?? [];
    expect(Number(failed)).to.equal(0);
    expect(Number(passed), "a pattern of the selection that matches no test would not be noticed").to.equal(32);
  });
});
