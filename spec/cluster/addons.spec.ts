import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { kubectl, lastSummary, onHost, play, until } from "./lab.ts";
import { forward, type Forwarded } from "./port-forward.ts";

const done = async (...words: readonly string[]): Promise<string> => {
  const { code, output } = await kubectl(...words);
  expect(code, output).to.equal(0);
  return output.trim();
};

const namespace = "kubeplay-addons";
const agnhost = "registry.k8s.io/e2e-test-images/agnhost:2.66.1";
const runs = async (name: string, ...words: readonly string[]): Promise<void> => {
  await done("-n", namespace, "run", name, `--image=${agnhost}`, "--restart=Never", ...words);
  await done("-n", namespace, "wait", "--for=condition=Ready", `pod/${name}`, "--timeout=120s");
};

describe("the addons", () => {
  before("a namespace for what is tried", () => done("create", "namespace", namespace));
  after(() => kubectl("delete", "namespace", namespace, "--wait=false"));

  describe("metrics-server", () => {
    it("tells what every node and every pod uses, by kubectl top", async () => {
      await until("kubectl top", 90, async () => {
        const rows = (await done("top", "nodes", "--no-headers")).split("\n");
        expect(rows).to.have.length(5);
        for (const row of rows) expect(row).to.match(/ [1-9]\d*m .* [1-9]\d*Mi /);
      });
      expect(await done("-n", "kube-system", "top", "pods", "--no-headers")).to.match(
        /^coredns-\S+ +\d+m +[1-9]\d*Mi/m,
      );
    });

    it("believes no certificate that it cannot verify, and neither does the API", async () => {
      expect(await done("-n", "kube-system", "get", "deployment", "metrics-server", "-o", "jsonpath={..args}"))
        .to.contain("--kubelet-certificate-authority=")
        .and.not.contain("insecure");
      const found = await done("get", "apiservice", "v1beta1.metrics.k8s.io", "-o", "json");
      const { spec } = JSON.parse(found) as { spec: { insecureSkipTLSVerify?: boolean; caBundle?: string } };
      expect(spec.insecureSkipTLSVerify ?? false).to.be.false;
      expect(spec.caBundle).not.to.be.empty;
    });
  });

  describe("logging", () => {
    let logs: Forwarded;
    before(async () => (logs = await forward("logging", "victoria-logs", 9428)));
    after(() => logs.close());

    it("finds what a pod has written, by namespace, pod and text, within seconds", async () => {
      const word = randomBytes(8).toString("hex");
      const command = ["--command", "--", "sh", "-c", `echo said ${word}; sleep 600`];
      await runs("speaker", ...command);
      await until("a line is found", 30, async () => {
        const query = `kubernetes.pod_namespace:=${namespace} kubernetes.pod_name:=speaker ${word}`;
        const body = new URLSearchParams({ query, limit: "10" });
        const answer = await fetch(`${logs.url}/select/logsql/query`, { method: "POST", body });
        const lines = (await answer.text()).trim().split("\n").filter(Boolean);
        expect(lines.map((line) => (JSON.parse(line) as { _msg: string })._msg)).to.deep.equal([`said ${word}`]);
      });
    });
  });

  describe("the registry", () => {
    const server = "10.187.0.21:5443";

    it("takes an image from who has a password, gives it to nodes that trust it, and to nobody else", async () => {
      const image = `${server}/mine/pause:1`;
      const node = "10.187.0.22";
      const ctr = "ctr -n k8s.io images";
      const hosts = "--hosts-dir /etc/containerd/certs.d";
      await onHost(
        node,
        `${ctr} pull ${hosts} registry.k8s.io/pause:3.10.2 && ${ctr} tag --force registry.k8s.io/pause:3.10.2 ${image}`,
      );
      const stranger = await onHost(node, `${ctr} push ${hosts} ${image}`);
      expect(stranger.code).not.to.equal(0);
      expect(stranger.output).to.match(/401|authorization|no basic auth/i);
      const pushed = await onHost(node, `${ctr} push ${hosts} --user lab:lab-password ${image}`);
      expect(pushed.code, pushed.output).to.equal(0);
      await onHost(node, `${ctr} rm ${image}`);
      const secret = [`--docker-server=${server}`, "--docker-username=lab", "--docker-password=lab-password"];
      await done("-n", namespace, "create", "secret", "docker-registry", "pull", ...secret);
      const overrides = JSON.stringify({ spec: { imagePullSecrets: [{ name: "pull" }] } });
      await done("-n", namespace, "run", "pulled", `--image=${image}`, `--overrides=${overrides}`);
      await done("-n", namespace, "wait", "--for=condition=Ready", "pod/pulled", "--timeout=60s");
    });
  });

  describe("the pod network", () => {
    const reaches = async (pod: string, address: string): Promise<boolean> => {
      const words = ["-n", namespace, "exec", pod, "--", "/agnhost", "connect", "--timeout=3s", address];
      return (await kubectl(...words)).code === 0;
    };
    const on = (node: string): string => `--overrides=${JSON.stringify({ spec: { nodeName: node } })}`;

    it("keeps strangers out where a policy says so, whatever node they are on", async () => {
      await runs("server", on("node-1"), "--", "netexec", "--http-port=8080");
      for (const [name, node] of Object.entries({ friend: "node-2", stranger: "node-2", neighbour: "node-1" }))
        await runs(name, on(node), "--", "pause");
      const address = `${await done("-n", namespace, "get", "pod", "server", "-o", "jsonpath={.status.podIP}")}:8080`;
      for (const pod of ["friend", "stranger", "neighbour"])
        await until(`${pod} gets in`, 30, async () => expect(await reaches(pod, address), pod).to.be.true);
      await done("-n", namespace, "apply", "-f", "spec/cluster/policy.yaml");
      for (const pod of ["stranger", "neighbour"])
        await until(`${pod} stays out`, 30, async () => expect(await reaches(pod, address), pod).to.be.false);
      expect(await reaches("friend", address)).to.be.true;
    });
  });

  describe("kube-prometheus", () => {
    let prometheus: Forwarded;
    before(async () => (prometheus = await forward("monitoring", "prometheus-k8s", 9090)));
    after(() => prometheus.close());

    interface Sample {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }
    const query = async (promql: string): Promise<readonly Sample[]> => {
      const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`);
      const { data, error } = (await answer.json()) as { data?: { result: readonly Sample[] }; error?: string };
      if (!data) throw new Error(`${promql}: ${error ?? String(answer.status)}`);
      return data.result;
    };
    const namesIn = (samples: readonly Sample[]): string[] =>
      samples.map(({ metric: { alertname, job, instance, pod } }) => [alertname, job, instance, pod].join(" "));

    it("asks everybody who has something to tell, and all of them answer", async () => {
      await until("all targets are up", 120, async () => {
        expect(namesIn(await query("up == 0"))).to.deep.equal([]);
        const counts = await query("count by (job) (up)");
        const found = Object.fromEntries(counts.map(({ metric, value }) => [metric.job ?? "", Number(value[1])]));
        expect(found).to.include({
          apiserver: 3,
          etcd: 3,
          "kube-controller-manager": 3,
          "kube-scheduler": 3,
          // Its own metrics, its containers', its probes' and its objectives.
          kubelet: 20,
          "kube-proxy": 5,
          coredns: 2,
          "monitoring/cilium": 5,
          "monitoring/cilium-operator": 2,
          "node-exporter": 5,
          "kube-state-metrics": 2,
          "prometheus-k8s": 4,
          "alertmanager-main": 6,
          "prometheus-operator": 1,
          "prometheus-adapter": 2,
          grafana: 1,
        });
      });
    });

    it("answers queries over what the nodes and pods do", async () => {
      const [memory] = await query(
        'sum(container_memory_working_set_bytes{namespace="kube-system",container="coredns"})',
      );
      expect(Number(memory?.value[1])).to.be.above(1e6);
    });

    it("has no alert on a healthy cluster, but the one that shows that alerts come through", async () => {
      const firing = await query('ALERTS{alertstate="firing"}');
      // Those without a severity are about alerts: one that shows that they come through, one that keeps small ones back.
      expect(namesIn(firing.filter(({ metric }) => metric.severity !== "none"))).to.deep.equal([]);
      expect(firing.map(({ metric }) => metric.alertname)).to.include("Watchdog");
    });

    it("raises one where a member of etcd is gone", async () => {
      const alert = 'ALERTS{alertname="EtcdMemberDown",alertstate="firing",instance="10.187.0.13:2381"}';
      try {
        await onHost("10.187.0.13", "systemctl stop etcd");
        await until("its alert fires", 240, async () => expect(await query(alert)).to.have.length(1));
      } finally {
        await onHost("10.187.0.13", "systemctl start etcd");
      }
      await until("its alert ends", 120, async () => expect(await query(alert)).to.have.length(0));
    });
  });

  describe("an addon", () => {
    it("is taken away with all that it made, and comes back", async () => {
      const absent = await play("-e", "dashboard_state=absent", "--tags", "dashboard", "addons");
      expect(absent.code, absent.output).to.equal(0);
      await until("its namespace is gone", 60, async () =>
        expect(await done("get", "namespace", "dashboard", "--ignore-not-found")).to.equal(""),
      );
      const present = await play("--tags", "dashboard", "addons");
      expect(present.code, present.output).to.equal(0);
      expect(
        await done("-n", "dashboard", "get", "deployment", "headlamp", "-o", "jsonpath={.status.availableReplicas}"),
      ).to.equal("1");
      const again = await play("--tags", "addons", "site");
      expect(again.code, again.output).to.equal(0);
      expect(lastSummary().changes).to.deep.equal([]);
    });
  });
});
