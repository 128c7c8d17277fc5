import { randomBytes } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { stringify } from "yaml";
import { lastSummary, measured, until } from "../cluster/lab.ts";
import { LifeCluster } from "./life-cluster.ts";

const folder = ".kubeplay/storage";
const cluster = new LifeCluster("spec/life/storage.yaml", folder, {
  "storage-master": "10.75.0.11",
  "storage-node": "10.75.0.21",
});
const agnhost = "registry.k8s.io/e2e-test-images/agnhost:2.66.1";
/** SPEC_LAB=keep uses the cluster of the last run, and keeps it: for work on this spec. */
const kept = process.env.SPEC_LAB === "keep";
const node = "storage-node";
const volumes = "/var/lib/kubeplay-volumes";
const play = (...args: readonly string[]) => cluster.play(...args);
const tryPlay = (...args: readonly string[]) => cluster.tryPlay(...args);
const kubectl = (...args: readonly string[]) => cluster.kubectl(...args);
const sure = (command: string) => cluster.sure(node, command);

/** The objects of a file, applied. */
async function apply(...objects: readonly object[]): Promise<void> {
  const file = `${folder}/applied.yaml`;
  writeFileSync(file, objects.map((one) => stringify(one)).join("---\n"));
  await kubectl("apply", "-f", file);
}
const claim = (name: string, spec: object = {}) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name, namespace: "default" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } }, ...spec },
});
/** A pod of an ordinary user that runs a command in the volume of a claim, once. */
const pod = (name: string, claimName: string, command: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: {
    restartPolicy: "Never",
    securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000 },
    containers: [
      {
        name: "c",
        image: "docker.io/library/busybox:1.37.0",
        command: ["sh", "-c", command],
        volumeMounts: [{ name: "data", mountPath: "/data" }],
      },
    ],
    volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
  },
});
const ends = async (name: string): Promise<string> => {
  await kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", `pod/${name}`, "--timeout=180s");
  return (await kubectl("logs", name)).trim();
};
const proxied = (service: string, path: string): Promise<string> =>
  kubectl("get", "--raw", `/api/v1/namespaces/${service}/proxy${path}`);

/** The lines with a word in the logs. */
const logged = (word: string): Promise<string> =>
  proxied("logging/services/victoria-logs:9428", `/select/logsql/query?query=${word}&limit=10`);
/** What Prometheus knows of itself at a time, in seconds since the epoch. */
const metricsAt = async (time: number): Promise<readonly unknown[]> => {
  const query = `/api/v1/query?query=prometheus_build_info&time=${String(time)}`;
  const answer = await proxied("monitoring/services/prometheus-k8s:9090", query);
  return (JSON.parse(answer) as { data: { result: unknown[] } }).data.result;
};
const volumeOf = async (kind: string, namespace: string, name: string): Promise<object> => {
  const found = await kubectl("-n", namespace, "get", kind, name, "-o", "json");
  const { spec } = JSON.parse(found) as {
    spec: { template: { spec: { volumes: { name: string; hostPath?: object; persistentVolumeClaim?: object }[] } } };
  };
  return spec.template.spec.volumes.find((one) => one.name === "data") ?? {};
};

describe("storage", () => {
  const word = `word${randomBytes(6).toString("hex")}`;

  before("make a cluster without storage, as earlier versions did", async () => {
    if (kept && existsSync(folder)) return;
    await play("-e", "lab_state=absent", "lab");
    rmSync(folder, { recursive: true, force: true });
    measured("site without storage", (await play("-e", "storage_state=absent", "site")).seconds);
  });
  after("remove it", async () => {
    if (!kept) await play("-e", "lab_state=absent", "lab");
  });

  it("takes over a cluster whose addons have their data in folders, which stay there", async () => {
    expect(await volumeOf("statefulset", "logging", "victoria-logs")).to.have.nested.property(
      "hostPath.path",
      "/var/lib/kubeplay-logs",
    );
    await kubectl("run", "speaker", `--image=${agnhost}`, "--restart=Never", "--command", "--", "echo", word);
    measured("site", (await play("site")).seconds);
    await until("the line is found", 60, async () => expect(await logged(word)).to.contain(word));
    for (const [kind, name] of [
      ["statefulset", "victoria-logs"],
      ["deployment", "registry"],
    ] as const)
      expect(await volumeOf(kind, name === "registry" ? "registry" : "logging", name), name).to.have.property(
        "hostPath",
      );
    await play("site");
    expect(lastSummary().changes).to.deep.equal([]);
  });

  it("has a default class, whose volumes keep data when their pod goes, and go with their claim", async () => {
    const started = Date.now();
    await apply(claim("kept"), pod("writer", "kept", `echo ${word} > /data/file && id -u`));
    expect(await ends("writer")).to.equal("1000");
    measured("a volume, and a pod that uses it", (Date.now() - started) / 1000);
    await kubectl("delete", "pod", "writer");
    await apply(pod("reader", "kept", "cat /data/file"));
    expect(await ends("reader")).to.equal(word);
    expect(await sure(`find ${volumes} -maxdepth 0 -perm 0700; ls ${volumes}`)).to.match(/_default_kept$/m);
    await kubectl("delete", "pod/reader", "pvc/kept");
    await until("the folder is gone", 60, async () =>
      expect(await sure(`ls ${volumes}`)).not.to.contain("_default_kept"),
    );
  });

  it("keeps Prometheus' data when its pod goes", async () => {
    const before = Math.floor(Date.now() / 1000);
    await until("it has metrics", 240, async () => expect(await metricsAt(Date.now() / 1000)).not.to.be.empty);
    const then = Math.floor(Date.now() / 1000);
    await kubectl("-n", "monitoring", "delete", "pod", "prometheus-k8s-0");
    await until("it is back with its data", 240, async () => {
      const uptime = await proxied("monitoring/services/prometheus-k8s:9090", "/api/v1/status/runtimeinfo");
      const { data } = JSON.parse(uptime) as { data: { startTime: string } };
      expect(Date.parse(data.startTime) / 1000).to.be.above(before);
      expect(await metricsAt(then)).not.to.be.empty;
    });
  });

  it("leaves another default class in its place", async () => {
    const marked = async () =>
      (
        await kubectl(
          ...["get", "storageclass", "local-path", "-o"],
          String.raw`jsonpath={.metadata.annotations.storageclass\.kubernetes\.io/is-default-class}`,
        )
      ).trim();
    expect(await marked()).to.equal("true");
    await apply({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "own", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "example.org/none",
    });
    await play("--tags", "storage", "addons");
    expect(await marked()).to.equal("false");
    await kubectl("delete", "storageclass", "own");
    await play("--tags", "storage", "addons");
    expect(await marked()).to.equal("true");
  });

  it("has a check of the doctor", async () => {
    await apply(claim("nowhere", { storageClassName: "none" }));
    const { output } = await cluster.program("doctor", "--output", "json");
    await kubectl("delete", "pvc", "nowhere");
    const { findings } = JSON.parse(output) as { findings: { check: string; subject: string; problem: string }[] };
    const told = findings
      .filter(({ check }) => check === "volumes")
      .map(({ subject, problem }) => `${subject}: ${problem}`);
    expect(told).to.deep.equal(["claim default/nowhere: its StorageClass none does not exist"]);
  });

  it("moves an addon's data from its folder to a claim once it was removed, and keeps a claim", async () => {
    await play("-e", "logging_state=absent", "--tags", "logging", "addons");
    await play("--tags", "logging", "addons");
    expect(await volumeOf("statefulset", "logging", "victoria-logs")).to.have.nested.property(
      "persistentVolumeClaim.claimName",
      "victoria-logs",
    );
    const uid = async () => kubectl("-n", "logging", "get", "pvc", "victoria-logs", "-o", "jsonpath={.metadata.uid}");
    const first = await uid();
    await play("-e", "logging_state=absent", "--tags", "logging", "addons");
    await play("--tags", "logging", "addons");
    expect(await uid()).to.equal(first);
    await play("--tags", "logging", "addons");
    expect(lastSummary().changes).to.deep.equal([]);
    const folderWanted = await tryPlay("-e", "logging_path=/srv/logs", "--tags", "logging", "addons");
    expect(folderWanted.code).to.equal(2);
    expect(folderWanted.output).to.contain("the data of logging is in the claim victoria-logs");
  });

  it("is told before a node leaves: remove refuses, and reset names the claims", async () => {
    const claims = ["monitoring/prometheus-k8s-db-prometheus-k8s-0", "logging/victoria-logs"];
    const removal = await tryPlay("-e", `remove=${node}`, "remove");
    expect(removal.code, removal.output).to.equal(2);
    for (const one of claims) expect(removal.output).to.contain(one);
    const all = `reset=storage-master,${node}`;
    const reset = await tryPlay("-e", all, "-e", "reset_cluster=storage", "--check", "reset");
    expect(reset.code, reset.output).to.equal(0);
    for (const one of claims) expect(reset.output).to.contain(one);
  });

  it("loses the claims of a node that is removed, if that is allowed, and leaves the folders to reset", async () => {
    const allowed = ["-e", "remove_volumes=true", "-e", "drain_empty_dir_data=true", "-e", "drain_bare_pods=true"];
    // The registry is bound to its node in any case, and budgets protect pods of which there is one.
    const absent = ["-e", "registry_state=absent", "-e", "kube_prometheus_state=absent"];
    await play(...absent, "addons");
    measured("remove", (await play("-e", `remove=${node}`, ...allowed, ...absent, "remove")).seconds);
    expect(await kubectl("get", "pv", "-o", "jsonpath={..values}")).not.to.contain(node);
    expect(await sure(`ls ${volumes}`)).to.contain("victoria-logs");
    await play("-e", `reset=${node}`, "reset");
    expect((await cluster.onHost(node, `ls -d ${volumes}`)).code).not.to.equal(0);
  });
});
