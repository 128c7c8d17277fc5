import { expect } from "chai";
import { kubeletServer } from "#cluster/kubelet-server.ts";

describe("where a kubelet takes connections", () => {
  it("is Kubernetes' own port on every interface, unless it is said", () => {
    for (const address of [undefined, "", "0.0.0.0", "::"])
      expect(kubeletServer({ address })).to.deep.equal({ host: "127.0.0.1", port: 10250 });
  });
  it("is the address and the port of its configuration", () => {
    expect(kubeletServer({ address: "10.0.0.11", port: 10260 })).to.deep.equal({ host: "10.0.0.11", port: 10260 });
  });
});
