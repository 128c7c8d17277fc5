import { expect } from "chai";
import { proxyEnvironment, proxyVariables } from "#cluster/proxy.ts";
import { defaultsOf, master, node } from "../../roles/setting.ts";

const hosts = [master("cp-1", "192.0.2.11"), node("worker-1", "192.0.2.21")];
const of = (vars: object) =>
  proxyEnvironment({
    vars: { ...defaultsOf(proxyVariables), ...vars } as Parameters<typeof proxyEnvironment>[0]["vars"],
    inventory: { hosts },
  });

describe("the environment of a host behind a proxy", () => {
  it("is empty if there is no proxy", () => {
    expect(of({ no_proxy: "example.org" })).to.deep.equal({});
  });

  it("bypasses the proxy for the cluster's hosts, networks and domain", () => {
    expect(
      of({ http_proxy: "http://p:3128", service_cidr: "10.1.0.0/16", cluster_domain: "k8s.example" }),
    ).to.deep.equal({
      http_proxy: "http://p:3128",
      https_proxy: "http://p:3128",
      no_proxy: "localhost,127.0.0.1,cp-1,192.0.2.11,worker-1,192.0.2.21,10.1.0.0/16,10.244.0.0/16,.svc,.k8s.example",
    });
  });

  it("takes further addresses that bypass the proxy, and a separate proxy for https", () => {
    const { http_proxy, https_proxy, no_proxy } = of({ https_proxy: "http://q:1", no_proxy: "mirror.example,.corp" });
    expect([http_proxy, https_proxy]).to.deep.equal([undefined, "http://q:1"]);
    expect(no_proxy).to.match(/,\.cluster\.local,mirror\.example,\.corp$/);
  });
});
