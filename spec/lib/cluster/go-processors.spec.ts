import { expect } from "chai";
import { containerd } from "#roles/containerd/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeControllerManager } from "#roles/kube-controller-manager/index.ts";
import { kubeProxy } from "#roles/kube-proxy/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { master, renderedBy } from "../../roles/setting.ts";

const hosts = [master("a", "10.0.0.11")];
type Count = number | null;

const roles: Readonly<Record<string, (count: Count) => string>> = {
  etcd: (go_processors) => renderedBy(etcd, { hosts, vars: { go_processors } }),
  "kube-apiserver": (go_processors) => renderedBy(kubeApiserver, { hosts, vars: { go_processors } }),
  "kube-controller-manager": (go_processors) => renderedBy(kubeControllerManager, { hosts, vars: { go_processors } }),
  "kube-scheduler": (go_processors) => renderedBy(kubeScheduler, { hosts, vars: { go_processors } }),
  kubelet: (go_processors) => renderedBy(kubelet, { hosts, vars: { go_processors } }),
  "kube-proxy": (go_processors) => renderedBy(kubeProxy, { hosts, vars: { go_processors } }),
  containerd: (go_processors) => renderedBy(containerd, { hosts, vars: { go_processors } }),
};

describe("go_processors", () => {
  for (const [name, unit] of Object.entries(roles))
    it(`sets GOMAXPROCS in the unit of ${name}, unless it is null`, () => {
      expect(unit(1)).to.match(/\[Service\]\n(.+\n)*Environment=GOMAXPROCS=1\nExecStart/);
      expect(unit(null)).not.to.contain("GOMAXPROCS");
    });

  it("becomes one line of a unit, or none", () => {
    for (const [name, unit] of Object.entries(roles))
      expect(unit(2).replace("Environment=GOMAXPROCS=2\n", ""), name).to.equal(unit(null));
  });
});
