import { expect } from "chai";
import { parse } from "yaml";
import { renderTemplate } from "#engine/template/index.ts";
import { kubeScheduler } from "#roles/kube-scheduler/index.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = { masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } } };
const tasks = (...extraVars: string[]) => tasksOf(kubeScheduler, { inventory, host: "master-1", extraVars });
const propsOf = (name: string, ...extraVars: string[]): object => taskCalled(tasks(...extraVars), name).props;
const flags = (...extraVars: string[]) =>
  Object.fromEntries(
    (propsOf("Write its unit", ...extraVars) as { values: { arguments: readonly string[] } }).values.arguments.map(
      (word) => word.replace(/^--/, "").split(/=(.*)/s) as [string, string],
    ),
  );

describe("kube-scheduler", () => {
  it("is configured with leader election and without profiling", () => {
    const { values } = propsOf("Write its configuration") as { values: object };
    expect(parse(renderTemplate("roles/kube-scheduler/templates/config.yaml.hbs", values))).to.deep.equal({
      apiVersion: "kubescheduler.config.k8s.io/v1",
      kind: "KubeSchedulerConfiguration",
      clientConnection: { kubeconfig: "/etc/kubernetes/scheduler.kubeconfig" },
      leaderElection: { leaderElect: true },
      enableProfiling: false,
    });
  });

  it("answers over TLS only, to users of the API", () => {
    const pki = "/etc/kubernetes/pki";
    expect(flags()).to.include({
      config: "/etc/kubernetes/scheduler.yaml",
      "secure-port": "10259",
      "tls-cert-file": `${pki}/kube-scheduler.crt`,
      "tls-private-key-file": `${pki}/kube-scheduler.key`,
      "tls-min-version": "VersionTLS12",
      "client-ca-file": `${pki}/ca-bundle.crt`,
      "requestheader-client-ca-file": `${pki}/front-proxy-ca.crt`,
      "authentication-kubeconfig": "/etc/kubernetes/scheduler.kubeconfig",
      "authorization-kubeconfig": "/etc/kubernetes/scheduler.kubeconfig",
      profiling: "false",
    });
  });

  it("shows its metrics without a login only while no other host reaches it", () => {
    const open = "authorization-always-allow-paths";
    expect(flags()).to.have.property("bind-address", "127.0.0.1");
    expect(flags()).to.have.property(open).that.contains(",/metrics,");
    expect(flags("kube_scheduler_bind_address=0.0.0.0")).not.to.have.property(open);
  });

  it("is probed at the address on which it listens", () => {
    const until = (...extraVars: string[]) => propsOf("Wait until it is healthy", ...extraVars);
    expect(until()).to.have.property("until").that.contains("https://127.0.0.1:10259/healthz");
    expect(until("kube_scheduler_bind_address=10.0.0.11", "kube_scheduler_secure_port=1259"))
      .to.have.property("until")
      .that.contains("https://10.0.0.11:1259/healthz");
  });

  it("takes kube_scheduler_extra_flags in place of its own flags", () =>
    expect(flags('{"kube_scheduler_extra_flags": {"v": "4", "profiling": "true"}}')).to.include({
      v: "4",
      profiling: "true",
    }));

  it("is restarted for each changed file, unit or program", () => {
    for (const { name, handlers, does } of tasks())
      if ("resource" in does && ["file", "template", "unit", "binary"].includes(does.resource.kind))
        expect(handlers, name).to.have.length(1);
  });
});
