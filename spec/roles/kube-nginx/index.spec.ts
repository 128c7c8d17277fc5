import { expect } from "chai";
import type { Task } from "#engine/tasks/task.ts";
import { kubeNginx } from "#roles/kube-nginx/index.ts";
import { taskCalled, tasksOf } from "../tasks-of.ts";

const masterAt = (...addresses: readonly string[]) =>
  Object.fromEntries(addresses.map((address, index) => [`cp-${index + 1}`, { ansible_host: address }]));
const tasks = (...masters: readonly string[]): readonly Task[] =>
  tasksOf(kubeNginx, { inventory: { masters: { hosts: masterAt(...masters) } }, host: "cp-1" });

/** The actions that a change of the task notifies: "reload kube-nginx.service". */
const consequences = ({ handlers }: Task): string[] =>
  handlers.flatMap(({ tasks }) =>
    tasks.map(({ does, props }) =>
      "action" in does
        ? `${does.action.kind} ${does.action.label(props)}`
        : "resource" in does
          ? does.resource.kind
          : "",
    ),
  );

describe("the role kube-nginx", () => {
  const two = tasks("192.0.2.11", "192.0.2.12");

  it("only reloads nginx for another list of servers, so that open connections stay", () => {
    const three = tasks("192.0.2.11", "192.0.2.12", "192.0.2.13");
    const altered = three.filter(({ props }, index) => JSON.stringify(props) !== JSON.stringify(two[index]?.props));
    expect(three.map(({ name }) => name)).to.deep.equal(two.map(({ name }) => name));
    expect(altered.map(({ name }) => name)).to.deep.equal(["Write the proxy's configuration"]);
    expect(altered.flatMap(consequences)).to.deep.equal(["reload kube-nginx.service"]);
  });

  it("restarts nginx only for another unit", () => {
    expect(consequences(taskCalled(two, "Write its unit"))).to.deep.equal(["restart kube-nginx.service", "wait"]);
    const others = two.filter(({ name }) => name !== "Write its unit");
    expect([...new Set(others.flatMap(consequences))]).to.deep.equal([
      "reload kube-nginx.service",
      "restart kube-nginx-check.service",
    ]);
  });

  it("forwards to the apiserver at every master's address", () => {
    expect(taskCalled(two, "Write the proxy's configuration").props).to.deep.include({
      dest: "/etc/kube-nginx/nginx.conf",
      values: { port: 8443, connectTimeout: 2, servers: ["192.0.2.11:6443", "192.0.2.12:6443"] },
    });
  });

  it("has nginx check a configuration before it is written", () => {
    expect(taskCalled(two, "Write the proxy's configuration").props).to.deep.include({
      validate: "nginx -t -q -c %s",
    });
  });
});
