import { expect } from "chai";
import { withInventory } from "./with.ts";

const { ofItsOwn, kubectl, pod: run } = withInventory("spec/vm/dual-stack.yaml");

describe("a dual-stack cluster", () => {
  ofItsOwn();

  it("has nodes with addresses of both families", async () => {
    const addresses = await kubectl(
      ...["get", "nodes", "-o"],
      'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}',
    );
    expect(addresses.split(" ").sort()).to.deep.equal([
      ...["10.194.0.11", "10.194.0.21", "fd00:10:194::11", "fd00:10:194::21"],
    ]);
  });

  it("has pods and Services that are reached with both families, from one node to the other", async () => {
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
