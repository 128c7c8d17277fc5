import { expect } from "chai";
import { lastSummary, measured } from "../cluster/lab.ts";
import { withInventory } from "./with.ts";

const { done, kubectl } = withInventory("spec/vm/dual-stack.yaml");
const image = "registry.k8s.io/e2e-test-images/agnhost:2.66.1";
const run = (pod: string, node: string, ...args: readonly string[]): Promise<string> =>
  kubectl("run", pod, "--image", image, "--overrides", JSON.stringify({ spec: { nodeName: node } }), "--", ...args);

describe("a dual-stack cluster", () => {
  before("is made", async () => {
    await done("-e", "lab_state=absent", "lab");
    measured("site", await done("site"));
  });
  after("is taken away", () => done("-e", "lab_state=absent", "lab"));

  it("has nothing to do then", async () => {
    await done("site");
    expect(lastSummary().changes).to.deep.equal([]);
  });

  it("has nodes with addresses of both families", async () => {
    const addresses = await kubectl(
      ...["get", "nodes", "-o"],
      'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}',
    );
    expect(addresses.split(" ").sort()).to.deep.equal([
      ...["10.194.0.11", "10.194.0.21", "fd00:10:194::11", "fd00:10:194::21"],
    ]);
  });

  it("has pods and Services that are reached by both, from one node to the other", async () => {
    await run("web", "dual-1", "netexec", "--http-port=8080");
    await run("asking", "dual-2", "pause");
    await kubectl("expose", "pod", "web", "--port=80", "--target-port=8080");
    await kubectl("patch", "service", "web", "--patch", '{"spec":{"ipFamilyPolicy":"RequireDualStack"}}');
    await kubectl("wait", "--for=condition=Ready", "pod/web", "pod/asking", "--timeout=120s");
    const ips = async (kind: string, path: string): Promise<string[]> =>
      (await kubectl("get", kind, "web", "-o", `jsonpath={${path}}`)).split(" ");
    const pod = await ips("pod", ".status.podIPs[*].ip");
    const service = await ips("service", ".spec.clusterIPs[*]");
    expect(pod).to.have.length(2);
    expect(service).to.have.length(2);
    const at = (ip: string, port: number): string => `${ip.includes(":") ? `[${ip}]` : ip}:${port}`;
    for (const place of [...pod.map((ip) => at(ip, 8080)), ...service.map((ip) => at(ip, 80))])
      await kubectl("exec", "asking", "--", "/agnhost", "connect", "--timeout=10s", place);
  });
});
