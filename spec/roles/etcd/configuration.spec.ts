import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { withNewFile } from "#engine/connection/validation.ts";
import { InputError } from "#engine/errors.ts";
import { resolve } from "#engine/tasks/output.ts";
import { renderTemplate } from "#engine/template/render.ts";
import { initialCluster } from "#cluster/etcd-members.ts";
import { etcd } from "#roles/etcd/index.ts";
import { master, namesOf, node, renderedBy, taskNamed, tasksOf } from "../setting.ts";

const hosts = [master("b", "10.0.0.12"), master("a", "10.0.0.11"), node("n", "10.0.0.21")];
type Settings = Parameters<typeof etcd.tasks>[0]["vars"]["etcd_extra_config"];
type Vars = Partial<Parameters<typeof etcd.tasks>[0]["vars"]>;

function configured(vars: Vars = {}): Record<string, unknown> {
  const task = tasksOf(etcd, { hosts, vars }).find(({ name }) => name === "Write its configuration");
  const masters = hosts.filter(({ groups }) => groups.includes("masters"));
  const start = { state: "new", list: initialCluster(masters, vars.etcd_peer_port ?? 2380) };
  const { src, values } = resolve(task!.props, () => ({ value: start })) as { src: string; values: object };
  return parse(renderTemplate(path.resolve("roles/etcd/templates", src), values)) as Record<string, unknown>;
}

describe("etcd's configuration", () => {
  it("names exactly the masters as members, on each of them", () => {
    expect(configured()).to.include({
      name: "b",
      "initial-cluster": "b=https://10.0.0.12:2380,a=https://10.0.0.11:2380",
      "initial-advertise-peer-urls": "https://10.0.0.12:2380",
      "advertise-client-urls": "https://10.0.0.12:2379",
    });
  });

  it("has the cluster's name as its token, so that members of two clusters never mix", () => {
    expect(configured({ cluster_name: "two" })).to.include({ "initial-cluster-token": "two" });
  });

  it("requires a certificate of clients and of members", () => {
    for (const security of ["client-transport-security", "peer-transport-security"])
      expect(configured()[security], security).to.include({
        "client-cert-auth": true,
        "trusted-ca-file": "/etc/etcd/pki/ca.crt",
      });
  });

  it("listens on the host's own address and the loopback, with metrics for Prometheus", () => {
    expect(configured()).to.include({
      "listen-client-urls": "https://10.0.0.12:2379,https://127.0.0.1:2379",
      "listen-peer-urls": "https://10.0.0.12:2380",
      "listen-metrics-urls": "http://127.0.0.1:2381,http://10.0.0.12:2381",
    });
  });

  it("follows the variables for ports and the data folder, and so does the health check", () => {
    const vars = {
      etcd_client_port: 12379,
      etcd_peer_port: 12380,
      etcd_metrics_port: 12381,
      etcd_data_dir: "/srv/etcd",
    };
    const configuration = configured(vars);
    expect(configuration).to.include({
      "data-dir": "/srv/etcd",
      "listen-metrics-urls": "http://127.0.0.1:12381,http://10.0.0.12:12381",
    });
    expect(configuration["initial-cluster"]).to.contain("https://10.0.0.11:12380");
    expect(configuration["advertise-client-urls"]).to.equal("https://10.0.0.12:12379");
    const healthy = taskNamed(tasksOf(etcd, { hosts, vars }), "Wait until the member is healthy");
    expect(Object.values(healthy.needs)[0]?.key).to.contain("http://127.0.0.1:12381/health");
  });
});

describe("etcd's timing", () => {
  it("has etcd's defaults, unless variables set other values", () => {
    expect(configured()).to.include({ "heartbeat-interval": 100, "election-timeout": 1000 });
    const vars = { etcd_heartbeat_interval: 500, etcd_election_timeout: 5000 };
    expect(configured(vars)).to.include({ "heartbeat-interval": 500, "election-timeout": 5000 });
  });

  it("is refused before any change if the election timeout is less than five heartbeats", () => {
    expect(() => configured({ etcd_heartbeat_interval: 300 })).to.throw(
      InputError,
      "etcd_election_timeout is 1000 ms with an etcd_heartbeat_interval of 300 ms: expected 1500 ms or more",
    );
    expect(() => configured({ etcd_heartbeat_interval: 200 })).not.to.throw();
  });

  it("is changed member by member", () => {
    const [handler] = tasksOf(etcd, { hosts }).find(({ name }) => name === "Write its configuration")?.handlers ?? [];
    expect(handler).to.include({ oneHostAtATime: true });
  });
});

describe("further settings of etcd", () => {
  const extra = (settings: Settings) => configured({ etcd_extra_config: settings });

  it("stand at the end of its configuration", () => {
    const settings = { "quota-backend-bytes": 8_589_934_592, "auto-compaction-retention": "5m", "log-level": "warn" };
    expect(extra(settings)).to.include(settings);
  });

  it("leave the configuration without them as it was", () => {
    expect(Object.keys(extra({}))).to.have.length(16);
    expect(renderedBy(etcd, { hosts })).not.to.contain("etcd_extra_config");
  });

  it("are refused if kubeplay sets them, with the variable that does", () => {
    expect(() => extra({ "data-dir": "/x" })).to.throw(InputError, "which kubeplay sets: set etcd_data_dir");
    expect(() => extra({ name: "x" })).to.throw(InputError, "which kubeplay sets: take it out");
    const settings = configured();
    for (const name of Object.keys(settings)) expect(() => extra({ [name]: 1 }), name).to.throw(InputError);
  });

  it("are refused if no setting can have such a name", () => {
    expect(() => extra({ "--max-txn-ops": 1 })).to.throw(InputError, "without its dashes in front");
  });

  describe("before they are put in place", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "kubeplay-etcd-"));
    writeFileSync(`${folder}/etcd`, "#!/bin/sh\necho \"  --max-txn-ops '128'\n  --max-txn-bytes '1'\"\n", {
      mode: 0o755,
    });
    writeFileSync(`${folder}/new`, "name: x\n");
    after(() => rmSync(folder, { recursive: true }));
    const validated = (settings: Settings) => {
      const vars = { etcd_extra_config: settings, bin_dir: folder };
      const task = tasksOf(etcd, { hosts, vars }).find(({ name }) => name === "Write its configuration");
      const { validate = "" } = task?.props as { readonly validate?: string };
      const env = { ...process.env, t: `${folder}/new` };
      return spawnSync("sh", ["-c", withNewFile(validate)], { env, encoding: "utf8" });
    };

    it("must be known to the installed etcd", () => {
      expect(validated({ "max-txn-ops": 256 }).status).to.equal(0);
      const { status, stdout } = validated({ "max-txn-ops": 256, "max-txn": 1 });
      expect(status).to.equal(1);
      expect(stdout).to.contain("this etcd has no setting max-txn:");
    });
  });
});

describe("etcd on a host", () => {
  it("has a data folder and keys that only etcd can read", () => {
    const tasks = tasksOf(etcd, { hosts });
    const props = (name: string) => tasks.find((task) => task.name === name)?.props;
    expect(props("Make its data directory")).to.include({ path: "/var/lib/etcd", mode: 0o700, owner: "etcd" });
    for (const name of ["Copy the server key", "Copy the peer key", "Copy the health check's key"])
      expect(props(name), name).to.include({ mode: 0o600, secret: true });
  });

  it("is started without waiting for its peers; the role waits for its health afterwards", () => {
    const tasks = tasksOf(etcd, { hosts });
    const start = tasks.find(({ name }) => name === "Start it now and at boot");
    expect(start?.props).to.include({ noBlock: true, enabled: true, state: "started" });
    const names = namesOf(tasks);
    expect(names.slice(names.indexOf("Wait until the member is healthy") + 1)).to.deep.equal([
      "Let it vote",
      "Wait until the other new members vote",
      "List the members",
    ]);
  });

  it("is restarted member by member", () => {
    const [handler] = tasksOf(etcd, { hosts }).find(({ name }) => name === "Write its unit")?.handlers ?? [];
    expect(handler).to.include({ oneHostAtATime: true });
    expect(namesOf(handler?.tasks ?? [])).to.deep.equal([
      "Restart etcd",
      "Wait until the member is healthy and stays up",
    ]);
  });

  it("has priority over other programs of its host", () => {
    for (const line of ["CPUWeight=1000", "IOWeight=1000", "Nice=-10", "IOSchedulingPriority=0"])
      expect(renderedBy(etcd, { hosts }).split("\n")).to.include(line);
  });

  it("is always restarted by systemd, and waits for its majority without a limit", () => {
    for (const line of ["StartLimitIntervalSec=0", "Restart=always", "TimeoutStartSec=0", "User=etcd", "Type=notify"])
      expect(renderedBy(etcd, { hosts }).split("\n")).to.include(line);
  });
});
