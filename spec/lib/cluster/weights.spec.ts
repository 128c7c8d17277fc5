import { expect } from "chai";
import { weights } from "#cluster/weights.ts";
import { containerd } from "#roles/containerd/index.ts";
import { etcd } from "#roles/etcd/index.ts";
import { host } from "#roles/host/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { kubeNginx } from "#roles/kube-nginx/index.ts";
import { kubelet } from "#roles/kubelet/index.ts";
import { master, renderedBy, tasksOf } from "../../roles/setting.ts";

const hosts = [master("a", "10.0.0.11")];
const units = {
  etcd: renderedBy(etcd, { hosts }),
  "kube-apiserver": renderedBy(kubeApiserver, { hosts }),
  "kube-nginx": renderedBy(kubeNginx, { hosts }),
  kubelet: renderedBy(kubelet, { hosts }),
  containerd: renderedBy(containerd, { hosts }),
} as const;

describe("weights of units", () => {
  for (const [name, text] of Object.entries(units) as [keyof typeof units, string][])
    it(`are above the default for ${name}`, () => {
      expect(text).to.include(`\nCPUWeight=${weights[name]}\nIOWeight=${weights[name]}\n`);
      expect(Number(/^CPUWeight=(\d+)$/m.exec(text)?.[1])).to.be.above(100);
    });

  it("are above those of pods through their slice", () => {
    const slice = renderedBy(host, { hosts }, "Give system.slice priority over pods");
    expect(slice).to.equal("[Slice]\nCPUWeight=1000\nIOWeight=1000\n");
    const task = tasksOf(host, { hosts }).find(({ name }) => name === "Give system.slice priority over pods");
    expect(task?.props).to.include({ name: "system.slice", dropIn: "90-kubeplay" });
  });

  it("are not inherited by pods", () => {
    for (const name of ["kubelet", "containerd"] as const) expect(units[name]).not.to.match(/^(Nice|IOScheduling)/m);
  });
});
