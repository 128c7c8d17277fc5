import { compareSync } from "bcryptjs";
import { expect } from "chai";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { placeOf, type Place, type Tied } from "#cluster/addon/volume.ts";
import { registry, registryTrust } from "#roles/registry/index.ts";
import { objects } from "#roles/registry/objects.ts";
import { htpasswd } from "#roles/registry/passwords.ts";
import { hosts, taskCalled, tasksOf } from "../tasks-of.ts";

const inventory = {
  masters: { hosts: { "master-1": { ansible_host: "10.0.0.11" } } },
  nodes: { hosts: { "node-1": { ansible_host: "10.0.0.21" } } },
};
const present = ["registry_state=present", '{"registry_users":{"admin":"a-long-password"}}'];
const of = (...extraVars: string[]) => tasksOf(registry, { inventory, host: "localhost", extraVars });
const options = {
  image: "registry:1",
  port: 5443,
  schedule: "30 3 * * *",
  htpasswd: "admin:x\n",
  certificate: "CERT",
  key: "KEY",
  place: { node: "node-1", claim: "registry" } as Place,
};
const find = (kind: string, change: Partial<typeof options> = {}): Manifest =>
  objects({ ...options, ...change }).find((one) => one.kind === kind)!;

describe("passwords of the registry", () => {
  it("are accepted by bcrypt, and always give the same file", () => {
    const file = htpasswd("lab", { zoe: "a-long-password", adam: "another-password" });
    expect(htpasswd("lab", { adam: "another-password", zoe: "a-long-password" })).to.equal(file);
    const [adam = "", zoe = ""] = file.trim().split("\n");
    expect(adam).to.match(/^adam:\$2b\$10\$/);
    expect(compareSync("another-password", adam.slice("adam:".length))).to.equal(true);
    expect(compareSync("a-long-password", zoe.slice("zoe:".length))).to.equal(true);
    expect(file).not.to.contain("password");
  });

  it("are salted by user: equal passwords of two users have different hashes", () => {
    const [a, b] = htpasswd("lab", { a: "a-long-password", b: "a-long-password" }).trim().split("\n");
    expect(a?.slice(2)).not.to.equal(b?.slice(2));
  });
});

describe("the registry", () => {
  it("is absent by default, and requires users if it is present", () => {
    expect(of()[0]?.props).to.include({ set: "registry", state: "absent" });
    expect(() => of("registry_state=present")).to.throw(/registry_users is empty/);
    expect(() => of(...present, "registry_node=nobody")).to.throw(/registry_node is "nobody".*master-1, node-1/);
  });

  it("has a certificate for its Service's names and for its node's address", () => {
    expect(taskCalled(of(...present), "Issue its certificate").props).to.deep.include({
      dns: ["registry", "registry.registry", "registry.registry.svc", "registry.registry.svc.cluster.local"],
      ips: ["10.0.0.21"],
    });
  });

  it("never runs together with its garbage collector, because both need the same host port", () => {
    const serving = find("Deployment").spec as { template: { spec: { containers: { ports: unknown }[] } } };
    const job = find("CronJob").spec as {
      jobTemplate: { spec: { template: { spec: { priorityClassName: string; containers: { ports: unknown }[] } } } };
    };
    const collecting = job.jobTemplate.spec.template.spec;
    expect(collecting.containers[0]?.ports).to.deep.equal(serving.template.spec.containers[0]?.ports);
    expect(collecting.priorityClassName).to.equal(find("PriorityClass").metadata.name);
    expect(find("Deployment")).to.have.nested.property("spec.strategy.type", "Recreate");
  });

  it("has its images in one place, and so has its garbage collector", () => {
    for (const place of [options.place, { node: "node-1", path: "/data" }]) {
      const serving = (find("Deployment", { place }).spec as { template: { spec: Tied } }).template;
      const collecting = (find("CronJob", { place }).spec as { jobTemplate: { spec: { template: { spec: Tied } } } })
        .jobTemplate;
      expect(placeOf(serving.spec)).to.deep.equal(place);
      expect(placeOf(collecting.spec.template.spec)).to.deep.equal(place);
    }
  });

  it("checks first that existing images stay in place, on the node whose address clients use", () => {
    expect(of(...present)[0]?.props).to.deep.include({
      workload: "/apis/apps/v1/namespaces/registry/deployments/registry",
      usual: { claim: "registry", node: "node-1" },
      demanded: { node: "node-1" },
    });
    expect(of(...present, "registry_path=/images")[0]?.props).to.deep.include({
      usual: { node: "node-1", path: "/images" },
      demanded: { node: "node-1", path: "/images" },
    });
  });

  it("restarts only for another certificate, other users or another configuration", () => {
    const pod = (change: Partial<typeof options> = {}): unknown =>
      (find("Deployment", change).spec as { template: { metadata: unknown } }).template.metadata;
    expect(pod()).to.deep.equal(pod({ schedule: "0 5 * * *" }));
    for (const change of [{ certificate: "OTHER" }, { htpasswd: "zoe:y\n" }, { port: 5444 }])
      expect(pod(change), JSON.stringify(change)).not.to.deep.equal(pod());
  });
});

describe("trust in the registry", () => {
  const trust = (...extraVars: string[]) => tasksOf(registryTrust, { inventory, host: "node-1", extraVars: extraVars });

  it("is the cluster's CA at the registry's address, for containerd to read", () => {
    const { dest, content } = taskCalled(trust("registry_state=present"), "Configure containerd to trust it").props as {
      dest: string;
      content: string;
    };
    expect(dest).to.equal("/etc/containerd/certs.d/10.0.0.21:5443/hosts.toml");
    expect(content).to.contain('server = "https://10.0.0.21:5443"').and.to.contain("10.0.0.21:5443/ca.crt");
  });

  const left = {
    folder: "/etc/containerd/certs.d",
    mark: "# The cluster's own registry.",
    beside: ["ca.crt"],
  };

  it("is removed from former registries", () => {
    const tasks = trust("registry_state=present");
    expect(taskCalled(tasks, "Remove former registries").props).to.deep.equal({
      ...left,
      registries: ["10.0.0.21:5443"],
    });
    const { content } = taskCalled(tasks, "Configure containerd to trust it").props as { content: string };
    expect(content.split("\n")[0], "the mark by which it is recognized").to.equal(left.mark);
  });

  it("is removed with the registry", () =>
    expect(trust().map(({ props }) => props)).to.deep.equal([{ ...left, registries: [] }]));

  it("uses a master if there are no other nodes", () => {
    const tasks = tasksOf(registryTrust, {
      inventory: { masters: { hosts: hosts("only-1") } },
      host: "only-1",
      extraVars: ["registry_state=present"],
    });
    expect(tasks[0]?.props).to.have.property("path", "/etc/containerd/certs.d/only-1:5443");
  });
});
