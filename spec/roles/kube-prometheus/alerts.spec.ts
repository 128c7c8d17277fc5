import { expect } from "chai";
import { InputError } from "#engine/errors.ts";
import type { Manifest } from "#kubernetes/api/manifest.ts";
import { withoutAlerts } from "#roles/kube-prometheus/alerts.ts";

const rules = (name: string, ...alerts: string[]): Manifest => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: { name },
  spec: {
    groups: [
      { name, interval: "1m", rules: [{ record: "r", expr: "1" }, ...alerts.map((alert) => ({ alert, expr: "1" }))] },
    ],
  },
});
const objects = [
  rules("a", "One", "Two"),
  rules("b", "Two", "Three"),
  { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } },
];

describe("alerts that are left out", () => {
  it("are removed from all rules, and nothing else is", () => {
    expect(withoutAlerts(objects, ["Two"])).to.deep.equal([rules("a", "One"), rules("b", "Three"), objects[2]]);
    expect(withoutAlerts(objects, [])).to.deep.equal(objects);
  });

  it("are an error if unknown, with the list of known alerts", () => {
    expect(() => withoutAlerts(objects, ["Too"])).to.throw(InputError, /no alert Too: expected one of One, Three, Two/);
  });
});
