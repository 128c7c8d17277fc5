import { expect } from "chai";
import { apiserverFlags } from "#roles/kube-apiserver/flags.ts";

const settings = {
  address: "192.0.2.11",
  port: 6443,
  masters: 3,
  etcdServers: ["https://192.0.2.11:2379", "https://192.0.2.12:2379"],
  etcdTimeout: 10,
  requestTimeout: 60,
  serviceCidr: "10.96.0.0/16",
  domain: "example.internal",
  pki: "/pki",
  admission: "/admission.json",
  auditPolicy: "/audit.yaml",
  auditLog: "/audit.log",
};

describe("kube-apiserver's flags", () => {
  const flags = apiserverFlags(settings);

  it("refuse anonymous requests and accept certificates and bootstrap tokens only", () =>
    expect(flags).to.include({
      "anonymous-auth": "false",
      "client-ca-file": "/pki/ca-bundle.crt",
      "enable-bootstrap-token-auth": "true",
      "authorization-mode": "Node,RBAC",
    }));
  it("restrict nodes to their own objects, and Services to their own addresses", () =>
    expect(flags["enable-admission-plugins"]?.split(",")).to.have.members([
      "NodeRestriction",
      "DenyServiceExternalIPs",
    ]));
  it("name every member of etcd, over TLS", () =>
    expect(flags["etcd-servers"]).to.equal("https://192.0.2.11:2379,https://192.0.2.12:2379"));
  const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    [
      "present a certificate to etcd, and check etcd's",
      {
        "etcd-cafile": "/pki/etcd-ca.crt",
        "etcd-certfile": "/pki/apiserver-etcd-client.crt",
        "etcd-keyfile": "/pki/apiserver-etcd-client.key",
      },
    ],
    [
      "set the timeouts of etcd and of requests",
      { "etcd-healthcheck-timeout": "10s", "etcd-readycheck-timeout": "10s", "request-timeout": "60s" },
    ],
    [
      "present a certificate to kubelets, check theirs, and find them by their addresses",
      {
        "kubelet-certificate-authority": "/pki/ca-bundle.crt",
        "kubelet-client-certificate": "/pki/apiserver-kubelet-client.crt",
        "kubelet-client-key": "/pki/apiserver-kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP,Hostname",
      },
    ],
    [
      "act for users at aggregated APIs, and trust only the front proxy",
      {
        "requestheader-client-ca-file": "/pki/front-proxy-ca.crt",
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": "/pki/front-proxy-client.crt",
        "proxy-client-key-file": "/pki/front-proxy-client.key",
      },
    ],
    [
      "write an audit log for a month, limited to a gigabyte",
      {
        "audit-policy-file": "/audit.yaml",
        "audit-log-path": "/audit.log",
        "audit-log-maxage": "30",
        "audit-log-maxbackup": "10",
        "audit-log-maxsize": "100",
      },
    ],
    [
      "sign and check the tokens of service accounts",
      {
        "service-account-key-file": "/pki/service-account.pub",
        "service-account-signing-key-file": "/pki/service-account.key",
        "service-account-extend-token-expiration": "false",
      },
    ],
    [
      "answer over TLS 1.2 or later only",
      {
        "secure-port": "6443",
        "tls-cert-file": "/pki/kube-apiserver.crt",
        "tls-private-key-file": "/pki/kube-apiserver.key",
        "tls-min-version": "VersionTLS12",
      },
    ],
    [
      "set the addresses of Services, and the advertised address",
      { "service-cluster-ip-range": "10.96.0.0/16", "advertise-address": "192.0.2.11", "allow-privileged": "true" },
    ],
    ["disable profiling", { profiling: "false" }],
  ];
  for (const [what, expected] of cases) it(what, () => expect(flags).to.include(expected));
  it("offer forward secrecy and authenticated encryption only", () => {
    const suites = flags["tls-cipher-suites"]?.split(",") ?? [];
    expect(suites).to.have.length.above(3);
    for (const cipher of suites)
      expect(cipher).to.match(/^TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_(128|256)_GCM|CHACHA20_POLY1305)_SHA/);
  });
  it("issue tokens with the cluster's domain in the issuer", () =>
    expect(flags["service-account-issuer"]).to.equal("https://kubernetes.default.svc.example.internal"));
  it("end watches when it stops, so that a restart takes seconds", () =>
    expect(flags["shutdown-watch-termination-grace-period"]).to.equal("10s"));
  it("ask clients to reconnect only if there are several masters", () => {
    expect(flags).to.have.property("goaway-chance");
    expect(apiserverFlags({ ...settings, masters: 1 })).not.to.have.property("goaway-chance");
  });
});
