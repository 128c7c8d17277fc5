import { expect } from "chai";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const tasks = (extra: object = {}) =>
  tasksOf(kubeApiserver, {
    inventory: { masters: { hosts: hosts("m-1") } },
    host: "m-1",
    extraVars: [JSON.stringify({ encryption_at_rest: false, ...extra })],
  });
const podSecurity = (extra?: object) => {
  const { content } = taskCalled(tasks(extra), "Write the settings of its admission plugins").props as {
    content: string;
  };
  const { plugins } = JSON.parse(content) as { plugins: { name: string; configuration: object }[] };
  return plugins.find(({ name }) => name === "PodSecurity")?.configuration;
};

describe("Pod Security by default", () => {
  it("refuses no pod, and warns of and records those that are not restricted", () =>
    expect(podSecurity()).to.deep.include({
      defaults: {
        enforce: "privileged",
        "enforce-version": "latest",
        audit: "restricted",
        "audit-version": "latest",
        warn: "restricted",
        "warn-version": "latest",
      },
      exemptions: { usernames: [], runtimeClasses: [], namespaces: ["kube-system"] },
    }));

  it("enforces a standard but in the namespaces of a list", () => {
    const strict = podSecurity({ pod_security_enforce: "baseline", pod_security_exempt_namespaces: ["old"] });
    expect(strict).to.have.nested.property("defaults.enforce", "baseline");
    expect(strict).to.have.deep.nested.property("exemptions.namespaces", ["old"]);
  });

  it("takes only names of standards", () =>
    expect(() => tasks({ pod_security_enforce: "strict" })).to.throw(/pod_security_enforce/));
});
