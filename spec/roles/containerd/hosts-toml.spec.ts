import { expect } from "chai";
import { hostsToml } from "#roles/containerd/hosts-toml.ts";

describe("the hosts.toml of a registry", () => {
  it("names each endpoint for pulling and resolving only, in the order given", () => {
    const text = hostsToml({ registry: "docker.io", endpoints: ["http://10.0.0.2:5000", "https://mirror.example"] });
    expect(text.match(/^\[host\..*\]$/gm)).to.deep.equal([
      '[host."http://10.0.0.2:5000"]',
      '[host."https://mirror.example"]',
    ]);
    expect(text).to.contain('capabilities = ["pull", "resolve"]');
    expect(text).not.to.contain("skip_verify");
  });

  it("begins with the mark of this role's files", () => {
    // Earlier versions wrote the same line: by it the role finds the files that it may remove.
    expect(hostsToml({ registry: "r", endpoints: ["https://m"] }).split("\n")[0]).to.equal(
      "# Kept by kubeplay: containerd_mirrors says what is here.",
    );
  });

  it("skips the check of a certificate only if skip_verify is set", () => {
    expect(hostsToml({ registry: "r", endpoints: ["https://m"], skip_verify: true })).to.contain("skip_verify = true");
  });

  it("has the path, the authority and the login of each endpoint, the tables of headers last", () => {
    const mirror = {
      registry: "docker.io",
      endpoints: ["https://a.example/v2/hub", "https://b.example/v2/hub"],
      override_path: true,
      ca: "-----BEGIN CERTIFICATE-----",
      login: { username: "ann", password: "pä:ss" },
    };
    const part = (host: string): string =>
      `[host."https://${host}/v2/hub"]
  capabilities = ["pull", "resolve"]
  override_path = true
  ca = "/etc/containerd/certs.d/docker.io/mirror.crt"
  [host."https://${host}/v2/hub".header]
    Authorization = "Basic ${Buffer.from("ann:pä:ss").toString("base64")}"
`;
    expect(hostsToml(mirror)).to.contain(`\n${part("a.example")}\n${part("b.example")}`);
    expect(hostsToml({ ...mirror, ca: "/etc/ssl/own.pem" })).to.contain('ca = "/etc/ssl/own.pem"');
  });
});
