import path from "node:path";
import { expect } from "chai";
import { renderTemplate } from "#engine/template/render.ts";
import { containerd } from "#roles/containerd/index.ts";
import { namesOf, node, renderedBy, taskNamed, tasksOf } from "../setting.ts";

const hosts = [node("n", "10.0.0.21")];
type Vars = Parameters<typeof containerd.tasks>[0]["vars"];

/** The settings by table and name, as their text: `plugins."…".pinned_images sandbox`. */
function configured(vars: Partial<Vars> = {}): Record<string, string> {
  const task = tasksOf(containerd, { hosts, vars }).find(({ name }) => name === "Write its configuration");
  const { src, values } = task?.props as { src: string; values: object };
  const settings: Record<string, string> = {};
  let table = "";
  for (const line of renderTemplate(path.resolve("roles/containerd/templates", src), values).split("\n")) {
    const [, header] = /^\[(.*)\]$/.exec(line) ?? [];
    const [, name, value] = /^\s*(\w+) = (.*)$/.exec(line) ?? [];
    if (header !== undefined) table = `${header} `;
    else if (name !== undefined && value !== undefined) settings[table + name] = value;
    else expect(line).to.equal("");
  }
  return settings;
}

const cri = 'plugins."io.containerd.cri.v1';

describe("containerd's configuration", () => {
  it("has the version that containerd 2 reads, and pins the sandbox image", () => {
    expect(configured()).to.include({
      version: "3",
      [`${cri}.images".pinned_images sandbox`]: '"registry.k8s.io/pause:3.10.2"',
    });
    expect(configured({ containerd_sandbox_image: 'a"b' })[`${cri}.images".pinned_images sandbox`]).to.equal('"a\\"b"');
  });

  it("leaves the cgroups to systemd, unless containerd_systemd_cgroup is false", () => {
    const name = `${cri}.runtime".containerd.runtimes.runc.options SystemdCgroup`;
    expect(configured()[name]).to.equal("true");
    expect(configured({ containerd_systemd_cgroup: false })[name]).to.equal("false");
  });

  it("measures containers at containerd_stats_interval, and keeps enough measurements for a rate", () => {
    const of = (vars?: Partial<Vars>) => {
      const found = configured(vars);
      return ["collect", "retention"].map((name) => found[`${cri}.runtime" stats_${name}_period`]);
    };
    expect(of()).to.deep.equal(['"1s"', '"120s"']);
    expect(of({ containerd_stats_interval: 60 })).to.deep.equal(['"60s"', '"180s"']);
  });

  it("uses the folders of the pod network and of the mirrors", () => {
    expect(configured()).to.include({
      [`${cri}.runtime".cni bin_dirs`]: '["/opt/cni/bin"]',
      [`${cri}.runtime".cni conf_dir`]: '"/etc/cni/net.d"',
      [`${cri}.images".registry config_path`]: '"/etc/containerd/certs.d"',
    });
  });
});

describe("containerd on a host", () => {
  const mirror = { registry: "docker.io", endpoints: ["http://10.0.0.2:5000"] };

  it("is restarted for a changed configuration, but never for a mirror", () => {
    const tasks = tasksOf(containerd, { hosts, vars: { containerd_mirrors: [mirror] } });
    const restarting = namesOf(tasks.filter(({ handlers }) => handlers.length > 0));
    expect(restarting).to.deep.equal([
      "Install containerd",
      "Write its configuration",
      "Write its proxy settings",
      "Write its unit",
    ]);
    expect(taskNamed(tasks, "Write the mirrors of docker.io").label).to.equal(
      "/etc/containerd/certs.d/docker.io/hosts.toml",
    );
  });

  it("leaves containers running during its own restart", () => {
    const unit = (containerd_oom_score_adjust: number | null) =>
      renderedBy(containerd, { hosts, vars: { containerd_oom_score_adjust } });
    expect(unit(null).split("\n")).to.include.members(["KillMode=process", "Delegate=yes"]);
    expect(unit(null)).not.to.contain("OOMScoreAdjust");
    expect(unit(-999)).to.contain("\nOOMScoreAdjust=-999\n");
    expect(unit(0)).to.contain("\nOOMScoreAdjust=0\n");
  });
});
