import { expect } from "chai";
import { podTroubles, type ListedPod } from "#roles/cluster-ready/pod-troubles.ts";

const image = "registry.example:5000/coredns/coredns:v1.14.6";
const waiting = (name: string, reason: string, message = ""): ListedPod => ({
  metadata: { name, namespace: "kube-system" },
  status: { containerStatuses: [{ image, state: { waiting: { reason, message } } }] },
});
const unfinished = ["deployment kube-system/dns", "node n-1"];
const back = (cause: string): string =>
  `Back-off pulling image "${image}": ErrImagePull: rpc error: code = Unknown desc = failed to pull and unpack image "${image}": ${cause}`;

describe("pods that do not start", () => {
  it("are named with their reason, the registry and the image, and the registry's own words", () => {
    const pods = [waiting("dns-1", "ImagePullBackOff", back("failed to resolve reference: not found"))];
    expect(podTroubles(pods, unfinished)).to.deep.equal([
      {
        text: `pod kube-system/dns-1: ImagePullBackOff ${image}: failed to resolve reference: not found`,
        final: true,
      },
    ]);
  });

  for (const [cause, final] of [
    ["unexpected status from HEAD request: 401 Unauthorized", true],
    ["dial tcp 10.0.0.9:5000: connect: connection refused", false],
    ["lookup registry.example: no such host", false],
  ] as const)
    it(`${final ? "end the wait" : "are waited for"} if the registry's answer is "${cause}"`, () => {
      const [trouble] = podTroubles([waiting("dns-1", "ImagePullBackOff", back(cause))], unfinished);
      expect(trouble).to.include({ final });
    });

  it("are waited for after the first try, which a second one may follow", () => {
    expect(podTroubles([waiting("dns-1", "ErrImagePull", back("not found"))], unfinished)[0]).to.include({
      final: false,
    });
  });

  it("are reported once for one reason, and only of unfinished workloads", () => {
    const crash = (name: string) => waiting(name, "CrashLoopBackOff", "back-off 10s restarting failed container");
    const pods = [crash("dns-1"), crash("dns-2"), crash("other-1"), waiting("dns-3", "ContainerCreating")];
    expect(podTroubles(pods, unfinished).map(({ text }) => text)).to.deep.equal([
      "pod kube-system/dns-2: CrashLoopBackOff: back-off 10s restarting failed container",
    ]);
    expect(podTroubles(pods, ["deployment default/dns"])).to.deep.equal([]);
  });

  it("are found below the operator's own objects too", () => {
    const pod = {
      ...waiting("prometheus-k8s-0", "InvalidImageName"),
      metadata: { name: "prometheus-k8s-0", namespace: "monitoring" },
    };
    expect(podTroubles([pod], ["Prometheus monitoring/k8s"])).to.have.length(1);
  });
});
