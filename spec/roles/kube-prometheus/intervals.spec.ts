import { expect } from "chai";
import { withIntervals } from "#roles/kube-prometheus/intervals.ts";

const object = (kind: string, rest: object) => ({ apiVersion: "x/v1", kind, metadata: { name: "n" }, ...rest });
const one = (kind: string, rest: object) => withIntervals([object(kind, rest)], 60)[0];
const expr = (text: string | number): unknown => {
  const rule = { alert: "A", expr: text, for: "1m" };
  const { spec } = one("PrometheusRule", { spec: { groups: [{ name: "g", interval: "3m", rules: [rule] }] } })!;
  const { groups } = spec as { groups: [{ rules: [typeof rule] }] };
  expect(groups[0]).to.deep.include({ name: "g", interval: "3m" });
  expect(groups[0].rules[0]).to.include({ alert: "A", for: "1m" });
  return groups[0].rules[0].expr;
};

describe("kube-prometheus's intervals", () => {
  it("have the configured minimum, and stay if they are longer", () => {
    const endpoints = [{ interval: "5s", path: "/slis" }, { interval: "2m" }, { port: "web" }];
    expect(one("ServiceMonitor", { spec: { jobLabel: "j", endpoints } })).to.have.deep.property("spec", {
      jobLabel: "j",
      endpoints: [{ interval: "60s", path: "/slis" }, { interval: "2m" }, { port: "web", interval: "60s" }],
    });
    const { spec } = one("PodMonitor", { spec: { podMetricsEndpoints: [{ interval: "30s" }] } })!;
    expect(spec).to.deep.equal({ podMetricsEndpoints: [{ interval: "60s" }] });
  });

  it("widen the windows of rules to at least four scrapes", () => {
    expect(expr("increase(a[1m]) > 0 and rate(b[5m]) / rate(c[3m])")).to.equal(
      "increase(a[240s]) > 0 and rate(b[5m]) / rate(c[240s])",
    );
    expect(expr("max_over_time(rate(a[10m])[1h:30s])")).to.equal("max_over_time(rate(a[10m])[1h:30s])");
    expect(expr(1)).to.equal(1);
  });

  it("are set in Grafana, which shows nothing in shorter windows", () => {
    const sources = JSON.stringify({ apiVersion: 1, datasources: [{ name: "prometheus", jsonData: { a: 1 } }] });
    const { stringData } = one("Secret", { stringData: { "datasources.yaml": sources } })!;
    expect(JSON.parse((stringData as Record<string, string>)["datasources.yaml"]!)).to.deep.equal({
      apiVersion: 1,
      datasources: [{ name: "prometheus", jsonData: { a: 1, timeInterval: "60s" } }],
    });
  });

  it("do not change other objects", () => {
    const secret = object("Secret", { stringData: { "alertmanager.yaml": "x" } });
    const service = object("Service", { spec: { ports: [] } });
    expect(withIntervals([secret, service], 60)).to.deep.equal([secret, service]);
  });
});
