import { expect } from "chai";
import { readiness } from "#roles/cluster-ready/readiness.ts";
import { subject } from "../../lib/resources/one-resource.ts";

describe("waiting until a cluster is ready", () => {
  const kubeconfig = "/nowhere/super-admin.kubeconfig";
  const one = subject(readiness("Wait", { kubeconfig, nodes: ["a"], timeout: 600 }));

  it("ends at once where this machine has no kubeconfig, and says what to do", async () => {
    const [step] = one.rawSteps({ missing: undefined });
    if (typeof step !== "object" || !("onController" in step)) throw new Error("it does nothing on the controller");
    const failure = await step
      .onController(
        () => undefined,
        () => false,
      )
      .then(
        () => "no failure",
        (error: unknown) => String(error),
      );
    expect(failure).to.contain(`there is no ${kubeconfig} on this machine: play site from here first`);
  });
});
