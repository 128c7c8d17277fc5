import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { stringify } from "yaml";
import { readiness } from "#roles/cluster-ready/readiness.ts";
import { authority, by, issued } from "../../lib/pki/issued.ts";
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

  it("ends where all stays complete, and not in the moment before a host falls back", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "kubeplay-readiness-"));
    const ca = await authority("ca");
    const own = await issued("server", { profile: "server", ips: ["127.0.0.1"], ...by(ca) });
    const user = await issued("admin", by(ca));
    const answers = ["True", "False"];
    const server = createServer({ cert: own.pem, key: own.keyPem }, ({ url = "" }, response) => {
      const status = { conditions: [{ type: "Ready", status: answers[0] ?? "True" }] };
      if (url.startsWith("/api/v1/nodes")) answers.shift();
      else response.statusCode = 404;
      response.end(JSON.stringify({ items: [{ metadata: { name: "a" }, status }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const base64 = (text: string): string => Buffer.from(text).toString("base64");
      const kubeconfig = path.join(folder, "admin.kubeconfig");
      const cluster = {
        server: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
        "certificate-authority-data": base64(ca.pem),
      };
      const own = { "client-certificate-data": base64(user.pem), "client-key-data": base64(user.keyPem) };
      const document = {
        ...{ apiVersion: "v1", kind: "Config", "current-context": "c" },
        contexts: [{ name: "c", context: { cluster: "c", user: "admin" } }],
        clusters: [{ name: "c", cluster }],
        users: [{ name: "admin", user: own }],
      };
      await writeFile(kubeconfig, stringify(document));
      const waiting = subject(readiness("Wait", { kubeconfig, nodes: ["a"], timeout: 600, holding: 1 }));
      const [step] = waiting.rawSteps({ missing: ["node a"] });
      if (typeof step !== "object" || !("onController" in step)) throw new Error("it does nothing on the controller");
      const said: string[] = [];
      await step.onController(
        (line) => said.push(line),
        () => false,
      );
      expect(said).to.deep.equal(["not ready: node a"]);
    } finally {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});
