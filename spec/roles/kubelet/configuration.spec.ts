import { expect } from "chai";
import { kubeletConfiguration, type KubeletOptions } from "#roles/kubelet/configuration.ts";

const options: KubeletOptions = {
  clusterDns: ["10.96.0.10"],
  clusterDomain: "cluster.local",
  clientCaFile: "/etc/kubernetes/pki/ca-bundle.crt",
  resolvConf: "/etc/resolv.conf",
  cgroupDriver: "systemd",
  failCgroupV1: true,
  failSwapOn: true,
  seccompDefault: true,
  maxPods: 110,
  podPidsLimit: 4096,
  taints: [],
  extra: {},
};
const made = (extra: KubeletOptions["extra"]) => kubeletConfiguration({ ...options, extra }, "node-1");

describe("the kubelet's configuration", () => {
  it("disables anonymous access and the read-only port", () => {
    const parsed: unknown = JSON.parse(made({}));
    expect(parsed).to.deep.include({ readOnlyPort: 0, serverTLSBootstrap: true, rotateCertificates: true });
    expect(parsed).to.have.nested.property("authentication.anonymous.enabled", false);
    expect(parsed).to.have.nested.property("authorization.mode", "Webhook");
  });

  it("limits the processes of a pod, and has ciphers that are strong", () => {
    const { podPidsLimit, tlsCipherSuites } = JSON.parse(made({})) as {
      podPidsLimit: number;
      tlsCipherSuites: string[];
    };
    expect(podPidsLimit).to.equal(4096);
    for (const suite of tlsCipherSuites) expect(suite).to.match(/^TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_\d+_GCM|CHACHA20)/);
  });

  it("takes further fields, which override its own", () => {
    expect(JSON.parse(made({ maxPods: 30, podPidsLimit: 100 }))).to.deep.include({ maxPods: 30, podPidsLimit: 100 });
  });

  it("refuses an unknown field, and suggests the nearest name", () => {
    expect(() => made({ maxPod: 30 })).to.throw(/maxPod[^s][\s\S]*maxPods/);
  });

  it("refuses a value of the wrong type, and a read-only port", () => {
    expect(() => made({ maxPods: "many" })).to.throw(/maxPods/);
    expect(() => made({ readOnlyPort: 10255 })).to.throw(/readOnlyPort/);
  });
});
