import { expect } from "chai";
import { hostsToml, mark } from "#roles/containerd/hosts-toml.ts";

describe("what containerd reads of a registry's mirrors", () => {
  it("names each endpoint for pulling and resolving only, in the order given", () => {
    const text = hostsToml({ registry: "docker.io", endpoints: ["http://10.0.0.2:5000", "https://mirror.example"] });
    expect(text.match(/^\[host\..*\]$/gm)).to.deep.equal([
      '[host."http://10.0.0.2:5000"]',
      '[host."https://mirror.example"]',
    ]);
    expect(text).to.contain('capabilities = ["pull", "resolve"]');
    expect(text).not.to.contain("skip_verify");
  });

  it("bears the mark by which it is known to be ours", () => {
    expect(hostsToml({ registry: "r", endpoints: ["https://m"] }).split("\n")[0]).to.equal(mark);
    expect(mark).to.match(/^# /);
  });

  it("leaves a certificate unchecked only where that was asked for", () => {
    expect(hostsToml({ registry: "r", endpoints: ["https://m"], skip_verify: true })).to.contain("skip_verify = true");
  });
});
