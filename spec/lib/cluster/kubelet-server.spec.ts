import { expect } from "chai";
import { kubeletServer } from "#cluster/kubelet-server.ts";

describe("the server of a kubelet", () => {
  it("is reached on the loopback at Kubernetes' default port, if it listens on all interfaces", () => {
    for (const address of [undefined, "", "0.0.0.0", "::"])
      expect(kubeletServer({ address })).to.deep.equal({ host: "127.0.0.1", port: 10250 });
  });
  it("is reached at the address and the port of its configuration", () => {
    expect(kubeletServer({ address: "10.0.0.11", port: 10260 })).to.deep.equal({ host: "10.0.0.11", port: 10260 });
  });
});
