import { expect } from "chai";
import { kubectl, masters, nodes, onHost } from "./lab.ts";

describe("the nodes", () => {
  it("are five, all Ready in the requested version", async () => {
    const { code, output } = await kubectl("get", "nodes", "--no-headers");
    expect(code, output).to.equal(0);
    const rows = output.trim().split("\n");
    expect(rows).to.have.length(5);
    for (const row of rows) expect(row).to.match(/\sReady\s.*v1\.37\.2$/);
  });

  it("have no pending certificate requests", async () => {
    const { output } = await kubectl("get", "csr", "--no-headers");
    expect(output).to.not.include("Pending");
  });

  it("keep no bootstrap token once they have joined", async () => {
    const { output } = await kubectl("-n", "kube-system", "get", "secrets", "-o", "name");
    expect(output).to.not.include("bootstrap-token");
  });

  for (const address of [...masters, ...nodes])
    it(`pull through the mirror on ${address}, with the CRI and with ctr`, async () => {
      const cri = await onHost(address, "crictl pull registry.k8s.io/pause:3.10.2");
      expect(cri.code, cri.output).to.equal(0);
      const ctr = await onHost(
        address,
        "ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d registry.k8s.io/pause:3.10.2",
      );
      expect(ctr.code, ctr.output).to.equal(0);
    });
});

describe("CoreDNS", () => {
  it("does not run as root, as the official image does not", async () => {
    const uids = "grep -lsx coredns /proc/[0-9]*/comm | sed s/comm/status/ | xargs -r grep -h ^Uid:";
    const found = await Promise.all([...masters, ...nodes].map((address) => onHost(address, uids)));
    const all = found.flatMap(({ output }) => [...output.matchAll(/^Uid:\s+(\d+)/gm)].map(([, uid]) => uid));
    expect(all).not.to.be.empty;
    expect([...new Set(all)]).to.deep.equal(["65532"]);
  });
});

describe("kube-proxy", () => {
  it("knows every Service after each start", async () => {
    const service = await kubectl("get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}");
    const [address = ""] = nodes;
    for (const start of ["first", "second"]) {
      await onHost(address, "systemctl restart kube-proxy");
      const healthy = "curl -fs --max-time 2 http://127.0.0.1:10256/healthz";
      const asked = `curl -k -s --max-time 5 -o /dev/null -w '%{http_code}' https://${service.output.trim()}/healthz`;
      const { code, output } = await onHost(address, `until ${healthy}; do sleep 1; done; sleep 5; ${asked}`);
      expect(code, `${start} start: ${output}`).to.equal(0);
    }
  });
});

describe("pods", () => {
  const namespace = "kubeplay-spec";
  const inPod = (pod: string, ...command: readonly string[]) => kubectl("-n", namespace, "exec", pod, "--", ...command);
  let pods: { name: string; node: string; ip: string }[] = [];

  before("start one on every node, and a Service for all of them", async function () {
    this.timeout(600_000);
    await kubectl("create", "namespace", namespace);
    const made = await kubectl("apply", "-n", namespace, "-f", "spec/cluster/workload.yaml");
    expect(made.code, made.output).to.equal(0);
    const rolled = await kubectl("-n", namespace, "rollout", "status", "daemonset/web", "--timeout=120s");
    expect(rolled.code, rolled.output).to.equal(0);
    const { output } = await kubectl(
      ...["-n", namespace, "get", "pods", "-l", "app=web", "-o"],
      'jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName} {.status.podIP}{"\\n"}{end}',
    );
    pods = output
      .trim()
      .split("\n")
      .map((line) => {
        const [name = "", node = "", ip = ""] = line.split(" ");
        return { name, node, ip };
      });
  });

  after(async function () {
    this.timeout(600_000);
    await kubectl("delete", "namespace", namespace, "--wait=false");
  });

  it("run on every node", () => {
    expect(pods.map(({ node }) => node).sort()).to.deep.equal(["master-1", "master-2", "master-3", "node-1", "node-2"]);
  });

  it("reach each other on every node, and the Service by its name", async function () {
    this.timeout(600_000);
    for (const from of pods) {
      const targets = [...pods.map(({ ip }) => `${ip}:8080`), `web.${namespace}.svc.cluster.local:80`];
      for (const target of targets) {
        const { code, output } = await inPod(from.name, "/agnhost", "connect", "--timeout=5s", target);
        expect(code, `${from.node} to ${target}: ${output}`).to.equal(0);
      }
    }
  });

  it("have logs, and run commands", async () => {
    const [pod] = pods;
    const logs = await kubectl("-n", namespace, "logs", pod?.name ?? "");
    expect(logs.code, logs.output).to.equal(0);
    expect(logs.output).to.include("Started HTTP server");
    const { code } = await inPod(pod?.name ?? "", "/agnhost", "--help");
    expect(code).to.equal(0);
  });
});
