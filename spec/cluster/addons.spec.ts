import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { kubectl, lastSummary, masters, onHost, play, until } from "./lab.ts";
import { forward, type Forwarded } from "./port-forward.ts";
import { askPrometheus, namesIn, type Prometheus } from "./prometheus.ts";

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
const reaches = async (pod: string, address: string): Promise<boolean> => {
  const words = ["-n", namespace, "exec", pod, "--", "/agnhost", "connect", "--timeout=3s", address];
  return (await kubectl(...words)).code === 0;
};

describe("the addons", () => {
  before("create a namespace for the specs", () => done("create", "namespace", namespace));
  after(() => kubectl("delete", "namespace", namespace, "--wait=false"));

  describe("metrics-server", () => {
    it("reports the usage of every node and pod in kubectl top", async () => {
      await until("kubectl top", 90, async () => {
        const rows = (await done("top", "nodes", "--no-headers")).split("\n");
        expect(rows).to.have.length(5);
        for (const row of rows) expect(row).to.match(/ [1-9]\d*m .* [1-9]\d*Mi /);
      });
      expect(await done("-n", "kube-system", "top", "pods", "--no-headers")).to.match(
        /^coredns-\S+ +\d+m +[1-9]\d*Mi/m,
      );
    });

    it("accepts only verified certificates, and so does the API", async () => {
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

    it("finds a pod's output by namespace, pod and text, within seconds", async () => {
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

    it("admits only its collector and the API's proxy", async () => {
      await runs("reader", "--", "pause");
      const pods = ["-n", "logging", "get", "pods", "-o"];
      const collector = await done(
        ...pods,
        "jsonpath={.items[0].status.podIP}",
        "-l",
        "app.kubernetes.io/name=vlagent",
      );
      const server = await done(
        ...pods,
        "jsonpath={.items[0].status.podIP}",
        "-l",
        "app.kubernetes.io/name=victoria-logs",
      );
      expect(await reaches("reader", "kubernetes.default.svc:443"), "it reaches others").to.be.true;
      for (const address of ["victoria-logs.logging.svc:9428", `${server}:9428`, `${collector}:9429`])
        expect(await reaches("reader", address), address).to.be.false;
      const proxy = "/api/v1/namespaces/logging/services/victoria-logs:9428/proxy/health";
      // Through any master, regardless of the node that has the logs.
      for (const master of masters)
        expect(await done(`--server=https://${master}:6443`, "get", "--raw", proxy), master).to.equal("OK");
    });
  });

  describe("the registry", () => {
    const server = "10.187.0.21:5443";

    it("accepts images with a password, and serves them only with a password, to nodes that trust it", async () => {
      // A new name, so that no node has the image from an earlier run.
      const image = `${server}/mine/pause:${randomBytes(4).toString("hex")}`;
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
      await done("-n", namespace, "run", "unknown", `--image=${image}`);
      await until("a pull without a password is refused", 60, async () => {
        const why = await done("-n", namespace, "get", "pod", "unknown", "-o", "jsonpath={..state.waiting.message}");
        expect(why).to.match(/401|authorization|no basic auth/i);
      });
      // A pod that never starts would soon raise an alert.
      await done("-n", namespace, "delete", "pod", "unknown");
      const secret = [`--docker-server=${server}`, "--docker-username=lab", "--docker-password=lab-password"];
      await done("-n", namespace, "create", "secret", "docker-registry", "pull", ...secret);
      const overrides = JSON.stringify({ spec: { imagePullSecrets: [{ name: "pull" }] } });
      await done("-n", namespace, "run", "pulled", `--image=${image}`, `--overrides=${overrides}`);
      await done("-n", namespace, "wait", "--for=condition=Ready", "pod/pulled", "--timeout=60s");
    });
  });

  describe("the pod network", () => {
    const on = (node: string): string => `--overrides=${JSON.stringify({ spec: { nodeName: node } })}`;

    it("keeps other pods out if a policy requires it, on any node", async () => {
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

  // The lab has one pod of each, and one scrape and one evaluation per minute: see hosts.yaml.
  describe("kube-prometheus", () => {
    let prometheus: Prometheus;
    before(async () => (prometheus = await askPrometheus()));
    after(() => prometheus.close());
    const query = (promql: string) => prometheus.query(promql);

    it("scrapes all targets, and all of them answer", async () => {
      await until("all targets are up", 240, async () => {
        expect(namesIn(await query("up == 0"))).to.deep.equal([]);
        const counts = await query("count by (job) (up)");
        const found = Object.fromEntries(counts.map(({ metric, value }) => [metric.job ?? "", Number(value[1])]));
        expect(found).to.include({
          apiserver: 3,
          etcd: 3,
          "kube-controller-manager": 3,
          "kube-scheduler": 3,
          // The kubelet's own metrics, its containers', its probes' and its objectives.
          kubelet: 20,
          "kube-proxy": 5,
          coredns: 2,
          "monitoring/cilium": 5,
          "monitoring/cilium-operator": 2,
          "node-exporter": 5,
          "kube-state-metrics": 2,
          "prometheus-k8s": 2,
          "alertmanager-main": 2,
          "prometheus-operator": 1,
          grafana: 1,
        });
        // Metrics Server serves its API.
        expect(found).not.to.have.property("prometheus-adapter");
      });
    });

    it("alone reads the metrics of programs that listen for their own host", async () => {
      const [master = ""] = masters;
      for (const port of ["20252", "20259", "20249"]) {
        const url = `https://${master}:${port}/metrics`;
        const { output } = await onHost(master, `curl -sk -o /dev/null -w %{http_code} ${url}`);
        expect(output, port).to.equal("401");
      }
    });

    it("answers queries about nodes and pods", async () => {
      const [memory] = await query(
        'sum(container_memory_working_set_bytes{namespace="kube-system",container="coredns"})',
      );
      expect(Number(memory?.value[1])).to.be.above(1e6);
    });

    it("has no alert on a healthy cluster, except the one that proves that alerts arrive", async () => {
      const firing = await query('ALERTS{alertstate="firing"}');
      // Alerts of severity "none" are about alerts: one proves that they arrive, one inhibits minor ones.
      expect(namesIn(firing.filter(({ metric }) => metric.severity !== "none"))).to.deep.equal([]);
      expect(firing.map(({ metric }) => metric.alertname)).to.include("Watchdog");
    });
  });

  describe("Alertmanager", () => {
    let alertmanager: Forwarded;
    before(async () => (alertmanager = await forward("monitoring", "alertmanager-main", 9093)));
    after(() => alertmanager.close());

    it("gets its configuration from a variable, and upstream's without one", async () => {
      const config = { route: { receiver: "of-the-specs" }, receivers: [{ name: "of-the-specs" }] };
      const word = JSON.stringify({ kube_prometheus_alertmanager_config: config });
      const knows = async (): Promise<boolean> => {
        const { config } = (await (await fetch(`${alertmanager.url}/api/v2/status`)).json()) as {
          config: { original: string };
        };
        return config.original.includes("of-the-specs");
      };
      const played = async (...words: readonly string[]): Promise<readonly unknown[]> => {
        const { code, output } = await play(...words, "--tags", "kube-prometheus", "addons");
        expect(code, output).to.equal(0);
        return lastSummary().changes;
      };
      expect(await knows()).to.be.false;
      try {
        expect(await played("-e", word)).to.have.length(1);
        await until("it knows", 180, async () => expect(await knows()).to.be.true);
        expect(await played("-e", word)).to.deep.equal([]);
      } finally {
        expect(await played()).to.have.length(1);
      }
      await until("it knows upstream's", 180, async () => expect(await knows()).to.be.false);
    });
  });

  describe("the dashboard", () => {
    const viewer = "--as=system:serviceaccount:dashboard:dashboard-viewer";

    it("has a viewer that can read pods but no Secrets, and can delete nothing", async () => {
      expect(await done(viewer, "-n", "kube-system", "get", "pods", "--no-headers")).to.contain("coredns");
      expect(await done(viewer, "get", "nodes", "--no-headers")).to.contain("node-1");
      const pod = await done("-n", "dashboard", "get", "pods", "-o", "name");
      for (const words of [
        ["-n", "kube-system", "get", "secrets"],
        ["-n", "dashboard", "delete", "--dry-run=server", pod],
        ["-n", "dashboard", "create", "--dry-run=server", "configmap", "x"],
        ["-n", "dashboard", "exec", pod, "--", "true"],
      ]) {
        const { code, output } = await kubectl(viewer, ...words);
        expect(code, words.join(" ")).not.to.equal(0);
        expect(output).to.match(/forbidden/i);
      }
    });

    it("has no administrator by default", async () => {
      const account = ["get", "serviceaccount,clusterrolebinding", "-A", "--no-headers"];
      expect(await done(...account))
        .to.contain("dashboard-viewer")
        .and.not.to.contain("dashboard-admin");
    });
  });

  describe("an addon", () => {
    it("is removed with all its objects, and can be installed again", async () => {
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
