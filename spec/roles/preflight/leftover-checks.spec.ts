import { expect } from "chai";
import { areNamed, problems, withFindings } from "./good.ts";

const folder = (path: string, ...names: string[]) => withFindings({ folders: { [path]: names } });

describe("preflight's check for other installations", () => {
  areNamed([
    [
      "static pods of a control plane",
      folder("/etc/kubernetes/manifests", "etcd.yaml", "kube-apiserver.yaml", "mine.yaml"),
      "StaticPods: /etc/kubernetes/manifests has etcd.yaml, kube-apiserver.yaml of another control plane: remove it first (kubeadm reset)",
    ],
    [
      "kubeadm's drop-in for the kubelet",
      folder("/usr/lib/systemd/system/kubelet.service.d", "10-kubeadm.conf"),
      "KubeletDropIn: /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf would give the kubelet kubeadm's command line: remove the package kubeadm, and the file if it remains",
    ],
    [
      "a containerd that is not kubeplay's",
      withFindings({ running: ["containerd"] }),
      "Containerd: it runs a containerd of another installation, perhaps for Docker, which kubeplay's would replace: remove it first (the packages containerd or containerd.io, and Docker's)",
    ],
    [
      "nodes of other clusters",
      withFindings({ running: ["k3s", "kubelet"] }),
      "OtherCluster: it runs k3s, kubelet of another cluster: remove the host from that cluster first",
    ],
    [
      "data of an etcd that is not installed",
      folder("/var/lib/etcd", "lost+found", "member"),
      "EtcdData: etcd_data_dir /var/lib/etcd has member, but kubeplay's etcd is not installed: move the data away, or choose another etcd_data_dir",
    ],
    [
      "an nginx that runs",
      withFindings({ running: ["nginx"], installed: ["kube-nginx"] }),
      "Nginx: it runs an nginx that would be stopped and masked: kubeplay runs its own as kube-nginx. Move its sites to another host, or skip this check to let kubeplay stop it",
    ],
  ]);

  it("accepts kubeplay's own programs and data", () => {
    const own = ["containerd", "kubelet", "etcd"];
    expect(
      problems(withFindings({ running: own, installed: own, folders: { "/var/lib/etcd": ["member"] } })),
    ).to.deep.equal([]);
    expect(problems(folder("/var/lib/etcd", "lost+found"))).to.deep.equal([]);
    expect(problems(folder("/etc/kubernetes/manifests", "mine.yaml"))).to.deep.equal([]);
  });
});
