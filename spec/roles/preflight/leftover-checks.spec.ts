import { expect } from "chai";
import { areNamed, problems, withFindings } from "./good.ts";

const folder = (path: string, ...names: string[]) => withFindings({ folders: { [path]: names } });

describe("preflight of what another installation left", () => {
  areNamed([
    [
      "static pods of a control plane",
      folder("/etc/kubernetes/manifests", "etcd.yaml", "kube-apiserver.yaml", "mine.yaml"),
      "StaticPods: /etc/kubernetes/manifests has etcd.yaml, kube-apiserver.yaml of another control plane: take it away first (kubeadm reset)",
    ],
    [
      "kubeadm's words to the kubelet",
      folder("/usr/lib/systemd/system/kubelet.service.d", "10-kubeadm.conf"),
      "KubeletDropIn: /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf would give the kubelet kubeadm's command line: remove the package kubeadm, and the file where it stays",
    ],
    [
      "a containerd that is not kubeplay's",
      withFindings({ running: ["containerd"] }),
      "Containerd: a containerd of another installation runs there, perhaps for docker, and kubeplay's would take its place: remove it first (the packages containerd or containerd.io, and docker's)",
    ],
    [
      "nodes of other clusters",
      withFindings({ running: ["k3s", "kubelet"] }),
      "OtherCluster: k3s, kubelet of another cluster runs there: take the host out of that cluster first",
    ],
    [
      "data of an etcd that is not there",
      folder("/var/lib/etcd", "lost+found", "member"),
      "EtcdData: etcd_data_dir /var/lib/etcd holds member, and no etcd of kubeplay's is installed: move that data away, or choose another etcd_data_dir",
    ],
    [
      "an nginx that serves",
      withFindings({ running: ["nginx"], installed: ["kube-nginx"] }),
      "Nginx: nginx serves something there, and would be stopped for good: kubeplay runs an nginx of its own as kube-nginx. Move what it serves elsewhere; skip this check to have it stopped",
    ],
  ]);

  it("leaves kubeplay's own alone", () => {
    const own = ["containerd", "kubelet", "etcd"];
    expect(
      problems(withFindings({ running: own, installed: own, folders: { "/var/lib/etcd": ["member"] } })),
    ).to.deep.equal([]);
    expect(problems(folder("/var/lib/etcd", "lost+found"))).to.deep.equal([]);
    expect(problems(folder("/etc/kubernetes/manifests", "mine.yaml"))).to.deep.equal([]);
  });
});
