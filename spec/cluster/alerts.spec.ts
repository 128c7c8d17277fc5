import { expect } from "chai";
import { onHost, until } from "./lab.ts";
import { askPrometheus, namesIn, type Prometheus } from "./prometheus.ts";

describe("the alerts of a cluster that is in service", () => {
  let prometheus: Prometheus;
  before(async () => (prometheus = await askPrometheus()));
  after(() => prometheus.close());
  const query = (promql: string) => prometheus.query(promql);

  it("are not even pending, once the effects of earlier specs are over", async () => {
    const explained = [
      // The metrics proxies have a fiftieth of a core: several requests at once throttle them.
      'alertname="CPUThrottlingHigh"',
      // Over the last day and the last three days: in a younger cluster, they include its installation.
      'alertname="KubeAPIErrorBudgetBurn",long=~"1d|3d"',
    ];
    await until("no alert is pending", 600, async () => {
      const unless = explained.map((matchers) => ` unless ALERTS{${matchers}}`).join("");
      const pending = await query(`ALERTS{alertstate="pending"}${unless}`);
      expect(namesIn(pending)).to.deep.equal([]);
    });
  });

  it("include one if a member of etcd is down, until it is up again", async () => {
    const alert = 'ALERTS{alertname="EtcdMemberDown",alertstate="firing",instance="10.187.0.13:2381"}';
    try {
      await onHost("10.187.0.13", "systemctl stop etcd");
      await until("its alert fires", 360, async () => expect(await query(alert)).to.have.length(1));
    } finally {
      await onHost("10.187.0.13", "systemctl start etcd");
    }
    await until("its alert ends", 240, async () => expect(await query(alert)).to.have.length(0));
  });
});
