import path from "node:path";
import { expect } from "chai";
import { renderTemplate } from "#engine/template/index.ts";
import { weightOf } from "#cluster/weights.ts";
import { unitFile as containerd } from "#roles/containerd/unit.ts";
import { unitFile as etcd } from "#roles/etcd/unit.ts";
import { host } from "#roles/host/index.ts";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { unitFile as kubeNginx } from "#roles/kube-nginx/unit.ts";
import { unitFile as kubelet } from "#roles/kubelet/unit.ts";
import { master, tasksOf } from "../../roles/setting.ts";

const hosts = [master("a", "10.0.0.11")];
const none = {
  node: "a",
  housekeepingInterval: 10,
  nodeIp: undefined,
  config: "",
  kubeconfig: "",
  bootstrapKubeconfig: "",
};

function apiserver(): string {
  const { src, values } = tasksOf(kubeApiserver, { hosts }).find(({ name }) => name === "Write its unit")?.props as {
    src: string;
    values: object;
  };
  return renderTemplate(path.resolve("roles/kube-apiserver/templates", src), values);
}

const units = {
  etcd: etcd("/bin"),
  "kube-apiserver": apiserver(),
  "kube-nginx": kubeNginx,
  kubelet: kubelet({ binDir: "/bin", ...none }),
  containerd: containerd({ binDir: "/bin", oomScoreAdjust: null }),
} as const;

describe("what must not starve", () => {
  for (const [name, text] of Object.entries(units) as [keyof typeof units, string][])
    it(`is ${name}, whose unit has more than others`, () => {
      expect(text).to.include(`\n${weightOf(name)}\n`);
      expect(Number(/^CPUWeight=(\d+)$/m.exec(text)?.[1])).to.be.above(100);
    });

  it("has more than pods because its slice has", () => {
    const slice = tasksOf(host, { hosts }).find(({ name }) => name === "Let system.slice come before pods");
    expect(slice?.props).to.include({ name: "system.slice", content: `[Slice]\n${weightOf("system.slice")}\n` });
  });

  it("hands on nothing to the pods that it starts", () => {
    for (const name of ["kubelet", "containerd"] as const) expect(units[name]).not.to.match(/^(Nice|IOScheduling)/m);
  });
});
