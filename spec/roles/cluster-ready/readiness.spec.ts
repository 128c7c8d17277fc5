import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { renderKubeconfig } from "#kubernetes/kubeconfig/format.ts";
import { noRun } from "#engine/tasks/resource.ts";
import type { Task } from "#engine/tasks/task.ts";
import { readiness } from "#roles/cluster-ready/readiness.ts";
import { startApiServer } from "../../lib/kubernetes/api/api-server.ts";
import { failureOf } from "../../lib/engine/resources/on-controller.ts";
import { subject } from "../../lib/engine/resources/one-resource.ts";

/** How a wait for what is missing fails. */
function failureOfWait(task: Task, missing: string): Promise<string> {
  const [step] = subject(task).rawSteps({ missing: [missing] });
  if (typeof step !== "object" || !("onController" in step)) throw new Error("it does nothing on the controller");
  return failureOf(
    step.onController(
      () => undefined,
      () => false,
      noRun,
    ),
  );
}

describe("the wait for a ready cluster", () => {
  const kubeconfig = "/nowhere/super-admin.kubeconfig";
  const one = subject(readiness("Wait", { kubeconfig, nodes: ["a"], timeout: 600 }));

  it("fails at once, with the remedy, if the controller has no kubeconfig", async () => {
    const [step] = one.rawSteps({ missing: undefined });
    if (typeof step !== "object" || !("onController" in step)) throw new Error("it does nothing on the controller");
    const failure = await step
      .onController(
        () => undefined,
        () => false,
        noRun,
      )
      .then(
        () => "no failure",
        (error: unknown) => String(error),
      );
    expect(failure).to.contain(`there is no ${kubeconfig} on this controller: run site here first`);
  });

  it("ends only if everything stays complete, not if a host falls back a moment later", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-readiness-"));
    const answers = ["True", "False"];
    const server = await startApiServer(({ url = "" }, response) => {
      const status = { conditions: [{ type: "Ready", status: answers[0] ?? "True" }] };
      if (url.startsWith("/api/v1/nodes")) answers.shift();
      else response.statusCode = 404;
      response.end(JSON.stringify({ items: [{ metadata: { name: "a" }, status }] }));
    });
    try {
      const kubeconfig = path.join(folder, "admin.kubeconfig");
      await writeFile(kubeconfig, renderKubeconfig(server.access));
      const waiting = subject(readiness("Wait", { kubeconfig, nodes: ["a"], timeout: 600, holding: 200 }));
      const [step] = waiting.rawSteps({ missing: ["node a"] });
      if (typeof step !== "object" || !("onController" in step)) throw new Error("it does nothing on the controller");
      const said: string[] = [];
      await step.onController(
        (line) => said.push(line),
        () => false,
        noRun,
      );
      expect(said).to.deep.equal(["not ready: node a"]);
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });

  it("fails after its timeout without progress, however long the whole wait takes", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-readiness-"));
    const started = Date.now();
    // Every second request has one more ready node, except the last one, which is never ready.
    let asked = 0;
    const server = await startApiServer(({ url = "" }, response) => {
      if (url.startsWith("/api/v1/nodes")) asked++;
      const items = ["a", "b", "c", "d"].map((name, index) => ({
        metadata: { name },
        status: { conditions: [{ type: "Ready", status: index < Math.min(3, asked / 2) ? "True" : "False" }] },
      }));
      if (!url.startsWith("/api/v1/nodes")) response.statusCode = 404;
      response.end(JSON.stringify({ items }));
    });
    try {
      const kubeconfig = path.join(folder, "admin.kubeconfig");
      await writeFile(kubeconfig, renderKubeconfig(server.access));
      const waiting = readiness("Wait", { kubeconfig, nodes: ["a", "b", "c", "d"], timeout: 3 });
      const failure = await failureOfWait(waiting, "node a");
      expect(failure).to.contain("nothing more became ready for 3 s, not ready: node d: see");
      expect(Date.now() - started).to.be.above(3500);
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });

  it("ends at once with the pod's own reason if its image is not in the registry", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-readiness-"));
    const started = Date.now();
    const waiting = {
      reason: "ImagePullBackOff",
      message: 'Back-off pulling image "r:5000/dns:v1": r:5000/dns:v1: not found',
    };
    const pod = {
      metadata: { name: "dns-1", namespace: "kube-system" },
      status: { containerStatuses: [{ image: "r:5000/dns:v1", state: { waiting } }] },
    };
    const server = await startApiServer(({ url = "" }, response) => {
      const items = url.startsWith("/api/v1/pods")
        ? [pod]
        : url.includes("/deployments")
          ? [{ metadata: { name: "dns", namespace: "kube-system" }, spec: { replicas: 1 } }]
          : undefined;
      if (items === undefined) response.statusCode = 404;
      response.end(JSON.stringify({ items }));
    });
    try {
      const kubeconfig = path.join(folder, "admin.kubeconfig");
      await writeFile(kubeconfig, renderKubeconfig(server.access));
      const ready = readiness("Wait", { kubeconfig, nodes: [], timeout: 60 });
      const failure = await failureOfWait(ready, "deployment kube-system/dns");
      expect(failure).to.contain("pod kube-system/dns-1: ImagePullBackOff r:5000/dns:v1: r:5000/dns:v1: not found");
      expect(Date.now() - started).to.be.below(30_000);
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});
