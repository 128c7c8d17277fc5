import { expect } from "chai";
import type { Task } from "#engine/tasks/task.ts";
import { renderTemplate } from "#engine/template/render.ts";
import { containerd } from "#roles/containerd/index.ts";
import { hosts, taskCalled, tasksOf, textOf } from "../tasks-of.ts";

const mirror = (registry: string, ...endpoints: string[]) => ({ registry, endpoints });
const tasks = (...containerd_mirrors: object[]): readonly Task[] =>
  tasksOf(containerd, {
    inventory: { nodes: { hosts: hosts("node-1"), vars: { containerd_mirrors } } },
    host: "node-1",
  });
const notifies = ({ handlers }: Task): string[] => handlers.map(({ name }) => name);
const asText = ({ name, props }: Task): string => JSON.stringify([name, props]);

/** The tasks that differ between both lists: those that a change of the variables adds, changes or removes. */
const different = (before: readonly Task[], after: readonly Task[]): Task[] => {
  const [old, now] = [before, after].map((list) => new Set(list.map(asText)));
  return [...before.filter((task) => !now!.has(asText(task))), ...after.filter((task) => !old!.has(asText(task)))];
};

describe("the role containerd", () => {
  const none = tasks();
  const one = tasks(mirror("docker.io", "http://10.0.0.2:5000"));
  const changes: [string, readonly Task[], readonly Task[]][] = [
    ["is added", none, one],
    ["changes", one, tasks(mirror("docker.io", "http://10.0.0.3:5000"))],
    ["is removed", tasks(mirror("docker.io", "http://a"), mirror("quay.io", "http://a")), one],
  ];
  for (const [what, before, after] of changes)
    it(`restarts nothing if a mirror ${what}`, () => {
      const touched = different(before, after);
      expect(touched).to.not.be.empty;
      for (const task of touched) expect(notifies(task), task.name).to.deep.equal([]);
    });

  it("restarts containerd only for another program, configuration, proxy or unit", () => {
    expect(one.filter((task) => notifies(task).length > 0).map(({ name }) => name)).to.deep.equal([
      "Install containerd",
      "Write its configuration",
      "Write its proxy settings",
      "Write its unit",
    ]);
    expect(notifies(taskCalled(one, "Install containerd"))).to.deep.equal(["Restart containerd"]);
  });

  it("installs runc where an upgrade switches it, and gives containerd its path", () => {
    const { props } = taskCalled(one, "Install runc");
    expect(props).to.deep.include({
      ...{ artifact: "runc", version: "1.5.2", dest: "/usr/local/bin/runc" },
      staged: "/usr/local/lib/kubeplay/runc/1.5.2/runc",
    });
    expect(textOf(containerd, taskCalled(one, "Write its configuration"))).to.contain(
      'runtimes.runc.options]\n  BinaryName = "/usr/local/bin/runc"\n',
    );
    const names = one.map(({ name }) => name);
    expect(names.indexOf("Install runc"), "before a containerd that calls it").to.be.lessThan(
      names.indexOf("Write its configuration"),
    );
  });

  it("removes mirrors that are not listed", () => {
    expect(taskCalled(one, "Remove mirrors that are no longer listed").props).to.deep.equal({
      folder: "/etc/containerd/certs.d",
      mark: "# Kept by kubeplay: containerd_mirrors says what is here.",
      registries: ["docker.io"],
      beside: ["mirror.crt"],
    });
  });

  const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  const login = { username: "ann", password: "mirror-password" };

  it("writes a mirror's authority beside its hosts.toml, and removes one that is no longer set", () => {
    const written = (more: object) =>
      taskCalled(
        tasks({ ...mirror("docker.io", "https://m.example"), ...more }),
        "Write the authority of the mirrors of docker.io",
      ).props;
    const dest = "/etc/containerd/certs.d/docker.io/mirror.crt";
    expect(written({ ca: pem })).to.deep.equal({ dest, content: pem });
    expect(written({})).to.deep.equal({ dest, state: "absent" });
    expect(written({ ca: "/etc/ssl/own.pem" })).to.deep.equal({ dest, state: "absent" });
  });

  it("writes a mirror's login readable by root only, and hidden", () => {
    const list = tasks({ ...mirror("docker.io", "https://m.example"), login });
    expect(taskCalled(list, "Write the mirrors of docker.io").props).to.include({ mode: 0o600, secret: true });
    expect(JSON.stringify(list.map(({ name }) => name))).not.to.contain("mirror-password");
    expect(taskCalled(one, "Write the mirrors of docker.io").props).not.to.have.any.keys("mode", "secret");
  });

  it("refuses options of mirrors that do not exist, and endpoints that would break the file", () => {
    expect(() => tasks({ ...mirror("docker.io", "https://m"), overide_path: true })).to.throw(
      'did you mean "override_path"?',
    );
    expect(() => tasks(mirror("docker.io", 'https://m"]'))).to.throw("endpoints[0]");
    expect(() => tasks({ ...mirror("docker.io", "https://m"), ca: "own.pem" })).to.throw("ca");
    expect(() => tasks({ ...mirror("docker.io", "https://m"), login: { username: "ann" } })).to.throw("password");
  });

  it("derives the sandbox image from pause_version, unless containerd_sandbox_image is set", () => {
    const image = (...extraVars: string[]) =>
      (
        taskCalled(
          tasksOf(containerd, { inventory: { nodes: { hosts: hosts("n-1") } }, host: "n-1", extraVars }),
          "Write its configuration",
        ).props as { values: { sandboxImage: string } }
      ).values.sandboxImage;
    expect(image("pause_version=3.11.0")).to.equal("registry.k8s.io/pause:3.11.0");
    expect(image("pause_version=3.11.0", "containerd_sandbox_image=own/pause:1")).to.equal("own/pause:1");
  });

  it("writes a configuration that leaves mirrors to certs.d and does not depend on them", () => {
    const { values } = taskCalled(one, "Write its configuration").props as { values: object };
    const text = renderTemplate("roles/containerd/templates/config.toml.hbs", values);
    expect(text).to.match(/^version = 3$/m);
    expect(text).to.contain('images".registry]\n  config_path = "/etc/containerd/certs.d"');
    expect(text).to.contain('sandbox = "registry.k8s.io/pause:3.10.2"');
    expect(text).to.contain("SystemdCgroup = true").and.to.contain("restrict_oom_score_adj = false");
    expect(text).to.not.contain("docker.io");
    expect(taskCalled(none, "Write its configuration").props).to.deep.equal({
      ...taskCalled(one, "Write its configuration").props,
    });
  });

  it("writes the host's proxy, readable by root only, and removes it if there is none", () => {
    const proxied = tasksOf(containerd, {
      inventory: { nodes: { hosts: hosts("node-1"), vars: { http_proxy: "http://ann:pw@proxy:3128" } } },
      host: "node-1",
    });
    const { props } = taskCalled(proxied, "Write its proxy settings");
    expect(props).to.include({ dest: "/etc/containerd/proxy.env", mode: 0o600, secret: true });
    expect(props)
      .to.have.property("content")
      .that.includes('https_proxy="http://ann:pw@proxy:3128"\nno_proxy="localhost,');
    expect(textOf(containerd, taskCalled(proxied, "Write its unit"))).to.include(
      "EnvironmentFile=-/etc/containerd/proxy.env\n",
    );
    expect(taskCalled(none, "Write its proxy settings").props).to.deep.equal({
      dest: "/etc/containerd/proxy.env",
      state: "absent",
    });
  });
});
