import { expect } from "chai";
import { apiserverFlags } from "#roles/kube-apiserver/flags.ts";

const settings = {
  address: "192.0.2.11",
  port: 6443,
  masters: 3,
  etcdServers: ["https://192.0.2.11:2379", "https://192.0.2.12:2379"],
  serviceCidr: "10.96.0.0/16",
  domain: "example.internal",
  pki: "/pki",
  auditPolicy: "/audit.yaml",
  auditLog: "/audit.log",
};

describe("kube-apiserver's flags", () => {
  const flags = apiserverFlags(settings);

  it("refuse anonymous requests and take certificates and bootstrap tokens only", () =>
    expect(flags).to.include({
      "anonymous-auth": "false",
      "client-ca-file": "/pki/ca-bundle.crt",
      "enable-bootstrap-token-auth": "true",
      "authorization-mode": "Node,RBAC",
    }));
  it("keep nodes to their own objects", () => expect(flags["enable-admission-plugins"]).to.contain("NodeRestriction"));
  it("name every member of etcd, over TLS", () =>
    expect(flags["etcd-servers"]).to.equal("https://192.0.2.11:2379,https://192.0.2.12:2379"));
  it("issue tokens in the name of the cluster's domain", () =>
    expect(flags["service-account-issuer"]).to.equal("https://kubernetes.default.svc.example.internal"));
  it("end watches when it stops, so that a restart takes seconds", () =>
    expect(flags["shutdown-watch-termination-grace-period"]).to.equal("10s"));
  it("send clients elsewhere only where there is an elsewhere", () => {
    expect(flags).to.have.property("goaway-chance");
    expect(apiserverFlags({ ...settings, masters: 1 })).not.to.have.property("goaway-chance");
  });
});
