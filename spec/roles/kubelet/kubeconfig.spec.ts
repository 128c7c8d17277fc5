import { expect } from "chai";
import { kubeletKubeconfig } from "#roles/kubelet/kubeconfig.ts";
import { asked, subject } from "../../lib/engine/resources/one-resource.ts";

/** The file that a kubelet of Kubernetes 1.37.2 writes when it joins: clientcmd.WriteToFile of client-go. */
const kubelets = `apiVersion: v1
clusters:
- cluster:
    certificate-authority: /etc/kubernetes/pki/ca-bundle.crt
    server: https://127.0.0.1:8443
  name: default-cluster
contexts:
- context:
    cluster: default-cluster
    namespace: default
    user: default-auth
  name: default-context
current-context: default-context
kind: Config
users:
- name: default-auth
  user:
    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem
`;
const certificate = "/var/lib/kubelet/pki/kubelet-client-current.pem";
const props = {
  path: "/etc/kubernetes/kubelet.kubeconfig",
  server: "https://127.0.0.1:8443",
  ca: "/etc/kubernetes/pki/ca-bundle.crt",
  certificate,
  key: certificate,
};

describe("the kubelet's kubeconfig", () => {
  const own = subject(kubeletKubeconfig("k", props));

  it("stays as the kubelet wrote it when it joined", () => {
    expect(asked(own)).to.deep.equal(["content /etc/kubernetes/kubelet.kubeconfig"]);
    expect(own.diff({ kubeconfig: kubelets })).to.deep.equal([]);
  });

  it("is written if it is missing or unreadable", () => {
    const change = (before: string) => [{ what: "server", before, after: "https://127.0.0.1:8443" }];
    expect(own.diff({ kubeconfig: undefined })).to.deep.equal(change("absent"));
    for (const rubbish of ["", "a: [", { binary: 3 }])
      expect(own.diff({ kubeconfig: rubbish })).to.deep.equal(change("unreadable"));
  });

  it("is rewritten for another port, and then accepted", () => {
    const moved = subject(kubeletKubeconfig("k", { ...props, server: "https://127.0.0.1:9443" }));
    expect(moved.diff({ kubeconfig: kubelets })).to.deep.equal([
      { what: "server", before: "https://127.0.0.1:8443", after: "https://127.0.0.1:9443" },
    ]);
    expect(moved.diff(moved.forecast({ kubeconfig: kubelets }))).to.deep.equal([]);
    const [step] = moved.steps({ kubeconfig: kubelets }) as [{ upload: string; to: string; mode: number }];
    expect(moved.diff({ kubeconfig: step.upload })).to.deep.equal([]);
    expect(step).to.include({ to: props.path, mode: 0o600 });
  });

  it("is rewritten if it contains CAs itself, which a new bundle would not update", () => {
    const embedded = kubelets.replace(/certificate-authority: .*/, "certificate-authority-data: eA==");
    expect(own.diff({ kubeconfig: embedded })).to.deep.equal([
      { what: "CA", before: "not as a file", after: props.ca },
    ]);
  });
});
