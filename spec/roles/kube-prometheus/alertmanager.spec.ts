import { expect } from "chai";
import { parse } from "yaml";
import { InputError } from "#engine/errors.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { secretsOf } from "#engine/schema/secret.ts";
import {
  alertmanagerConfig,
  checkAlertmanagerConfig,
  withAlertmanagerConfig,
} from "#roles/kube-prometheus/alertmanager.ts";
import { kubePrometheus } from "#roles/kube-prometheus/index.ts";
import { hosts, tasksOf } from "../tasks-of.ts";

const secret = (name: string): Manifest => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "monitoring" },
  stringData: { "alertmanager.yaml": "upstream's" },
});
const objects = [secret("alertmanager-main"), secret("grafana-config")];
const config = {
  global: { smtp_auth_password: "a-password" },
  route: {
    receiver: "team",
    group_by: ["namespace"],
    routes: [{ receiver: "pager", matchers: ["severity = critical"] }],
  },
  receivers: [{ name: "team" }, { name: "pager", webhook_configs: [{ url: "https://pager.example/token" }] }],
};

describe("Alertmanager's configuration", () => {
  it("is upstream's if the variable is empty", () => {
    expect(withAlertmanagerConfig(objects, {})).to.deep.equal(objects);
    expect(() => checkAlertmanagerConfig({})).not.to.throw();
  });

  it("is exactly the variable, and no other object changes", () => {
    const [changed, other] = withAlertmanagerConfig(objects, config);
    expect(changed?.metadata).to.deep.equal(objects[0]?.metadata);
    expect(parse((changed?.stringData as Record<string, string>)["alertmanager.yaml"]!)).to.deep.equal(config);
    expect(other).to.equal(objects[1]);
  });

  it("hides receivers and passwords in all output", () =>
    expect(secretsOf({ config: alertmanagerConfig }, { config })).to.deep.equal([
      config.global,
      config.receivers[1]?.webhook_configs,
    ]));

  it("is refused if Alertmanager would keep the one before", () => {
    const refusal = (change: object) => expect(() => checkAlertmanagerConfig({ ...config, ...change }));
    refusal({ receivers: undefined }).to.throw(InputError, /has no receivers: expected both/);
    refusal({ route: undefined, receivers: undefined }).to.throw(/has no route and no receivers/);
    refusal({ receivers: [{ name: "team" }] }).to.throw(
      'route.routes[0].receiver is "pager", which is not a receiver: expected one of team',
    );
    refusal({ receivers: [...config.receivers, { name: "team" }] }).to.throw("several receivers team");
    refusal({}).not.to.throw();
  });

  it("is checked before any change, including the names of its fields", () => {
    const play = (value: object) =>
      tasksOf(kubePrometheus, {
        inventory: { masters: { hosts: hosts("m-1") } },
        host: "localhost",
        extraVars: [JSON.stringify({ kube_prometheus_alertmanager_config: value })],
      });
    expect(() => play({ ...config, receivers: [{ name: "x" }] })).to.throw(/which is not a receiver/);
    expect(() => play({ ...config, recievers: [] })).to.throw(/recievers/);
    expect(play(config)).not.to.be.empty;
  });
});
