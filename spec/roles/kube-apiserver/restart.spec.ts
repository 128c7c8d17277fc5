import { expect } from "chai";
import { kubeApiserver } from "#roles/kube-apiserver/index.ts";
import { master, tasksOf } from "../setting.ts";

describe("a restart of kube-apiserver", () => {
  const hosts = [master("m-1", "10.0.0.11"), master("m-2", "10.0.0.12")];
  /** Seconds for which it must be ready before another master's restarts. */
  const steady = (vars: object): unknown => {
    const handlers = tasksOf(kubeApiserver, { hosts, vars }).flatMap((task) => task.handlers);
    const waits = handlers.flatMap(({ tasks }) => tasks.map(({ props }) => (props as { steady?: number }).steady));
    return waits.find((seconds) => seconds !== undefined);
  };

  it("is over once every proxy has the server back in its list, so that one of two stays in it", () => {
    expect(steady({})).to.equal(10);
    expect(steady({ kube_nginx_check_interval: 10 })).to.equal(22);
  });
});
