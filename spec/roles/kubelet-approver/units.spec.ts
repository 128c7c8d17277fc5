import { expect } from "chai";
import { kubeletApprover } from "#roles/kubelet-approver/index.ts";
import { master, namesOf, node, renderedBy, tasksOf } from "../setting.ts";

const hosts = [master("a", "10.0.0.11"), master("b", "10.0.0.12"), node("c", "10.0.0.21")];
const program = (vars: object = {}): string => renderedBy(kubeletApprover, { hosts, vars }, "Write the approver");

describe("the approver's service", () => {
  it("watches, and starts again whatever happens", () => {
    const unit = renderedBy(kubeletApprover, { hosts }, "Write its unit").split("\n");
    expect(unit).to.include.members([
      "ExecStart=/usr/local/bin/kubelet-approver --watch",
      "Restart=always",
      "StartLimitIntervalSec=0",
      "WantedBy=multi-user.target",
    ]);
  });

  it("replaces the timer of earlier versions", () =>
    expect(namesOf(tasksOf(kubeletApprover, { hosts }))).to.include.members([
      "Stop kubelet-approver.timer",
      "Remove the unit of kubelet-approver.timer",
      "Start it now and at boot",
    ]));

  it("looks at the given interval too", () =>
    expect(program({ kubelet_approver_interval: 600 })).to.contain("read -r -t 600 line"));

  it("judges client certificates unless Kubernetes approves them", () => {
    expect(program()).to.contain(
      'eq .spec.signerName "kubernetes.io/kubelet-serving" "kubernetes.io/kube-apiserver-client-kubelet"',
    );
    expect(program({ kubelet_csr_approval: "kubernetes" }))
      .to.contain('eq .spec.signerName "kubernetes.io/kubelet-serving"}}')
      .and.not.contain('"kubernetes.io/kube-apiserver-client-kubelet"}}');
  });
});
