import { Type } from "typebox";
import {
  barrier,
  binary,
  block,
  defineRole,
  directory,
  flushHandlers,
  handler,
  line,
  restart,
  rollingHandler,
  service,
  template,
  unit,
  wait,
} from "kubeplay";
import { etcdAccount, noEtcdUser, restoredMarker } from "#cluster/etcd-account.ts";
import { copyCertificate, copyPublic } from "#cluster/copied-files.ts";
import { steadyFor } from "#cluster/gates.ts";
import { goVariables } from "#cluster/go-processors.ts";
import { pkiPath, trustBundle } from "#cluster/paths.ts";
import { programIn } from "#cluster/staging.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noFiles, noUnit } from "#cluster/undo/programs.ts";
import {
  clusterVariables,
  etcdTiming,
  etcdVariables,
  patienceVariables,
  programVariables,
} from "#cluster/variables.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { etcdPki as pki } from "#cluster/etcd-members.ts";
import {
  etcdConfiguration as configuration,
  etcdReport,
  etcdReports,
  memberFolder,
  reportKey,
} from "#cluster/etcd-report.ts";
import { replaceVariables } from "#cluster/replace.ts";
import { weights } from "#cluster/weights.ts";
import { checkExtraConfig, knowsExtraConfig } from "./extra-config.ts";
import { commonCa } from "./common-ca.ts";
import { founding } from "./founding.ts";
import { learner, others as othersToCome, voter } from "./joining.ts";
import { othersSuffice, quorum } from "./quorum.ts";
import { checkTiming } from "./timing.ts";

export const etcd = defineRole({
  name: "etcd",
  folder: import.meta.dirname,
  description: "The cluster's database: one member on every master, TLS to clients and between members.",
  vars: {
    ...clusterVariables,
    ...programVariables,
    etcd_version: versionVariables.etcd_version,
    ...goVariables,
    ...etcdVariables,
    ...patienceVariables,
    ...etcdTiming,
    ...replaceVariables,
    etcd_extra_config: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
      default: {},
      description:
        "Further settings of etcd, as its configuration file names them, such as quota-backend-bytes or auto-compaction-retention. What kubeplay sets itself is refused.",
    }),
  },
  undo: ({ vars }) => [
    ...noUnit("etcd"),
    ...noFiles(...["etcd", "etcdctl", "etcdutl"].map((name) => `${vars.bin_dir}/${name}`)),
    noLeftovers("Remove its configuration and certificates", { folder: "/etc/etcd", names: ["*"] }),
    noLeftovers("Remove the data of its member", {
      folder: vars.etcd_data_dir,
      names: [memberFolder, "before-restore-*", restoredMarker],
    }),
    noEtcdUser(),
  ],
  tasks: ({ vars, host, inventory, facts, factsOf }) => {
    checkTiming(vars);
    checkExtraConfig(vars);
    const members = inventory.group("masters");
    const own = { owner: "etcd", group: "etcd" };
    const others = members.filter(({ name }) => name !== host.name);
    const healthy = `curl -fsS --max-time 15 http://127.0.0.1:${String(vars.etcd_metrics_port)}/health | grep -q '"health":"true"'`;
    const answers = {
      what: "etcd is healthy",
      units: ["etcd"],
      until: healthy,
      timeout: vars.component_patience,
    };
    // Members that trust no common CA do not trust each other, so in no order would they keep a majority. That is so only
    // while a cluster is mended: another controller replaced its CA, or a power cut ended its replacement.
    const together = handler("Restart etcd on all members", restart("Restart etcd", { name: "etcd", noBlock: true }));
    const again = rollingHandler(
      "Restart etcd, member by member",
      restart("Restart etcd", { name: "etcd", timeout: vars.component_patience }),
      wait("Wait until the member is healthy and stays up", { ...answers, steady: steadyFor }),
    );
    const issued = (name: string) => pkiPath(vars.cluster_name, name);
    const program = (name: string) =>
      programIn(name, { version: vars.etcd_version, architecture: facts.architecture, binDir: vars.bin_dir });
    const place = { host: host.name, address: host.address, port: vars.etcd_peer_port, dataDir: vars.etcd_data_dir };
    const reported = etcdReport("Ask for its member of etcd", place).register(etcdReports);
    const founded = founding("Check that it starts no second cluster", {
      host: host.name,
      port: vars.etcd_peer_port,
      dataDir: vars.etcd_data_dir,
      patience: vars.kube_api_patience,
      replace: vars.replace,
      masters: members.map((each) => ({
        name: each.name,
        address: each.address,
        reached: factsOf(each) !== undefined,
      })),
      ...Object.fromEntries([
        [reportKey(host.name), reported.output],
        ...others.map(({ name }) => [reportKey(name), etcdReports.on(name).or(undefined)] as const),
      ]),
    });
    const sharesCa = commonCa("Compare the CAs that it trusts", {
      onHost: `${pki}/ca.crt`,
      onController: trustBundle(vars.cluster_name, "etcd-ca"),
    });
    const joining = {
      host: host.name,
      address: host.address,
      others: others.map(({ name, address }) => ({ name, address })),
      peerPort: vars.etcd_peer_port,
      clientPort: vars.etcd_client_port,
      etcdctl: `${vars.bin_dir}/etcdctl`,
      patience: vars.component_patience,
      isReplaced: vars.replace === host.name,
      start: founded.output,
    };
    // Before the block: whether its configuration changes depends on the answer.
    const prepared = [
      reported,
      barrier("Wait until every master has told of its member"),
      ...etcdAccount(vars.etcd_data_dir),
      directory("Make its configuration directory", { path: "/etc/etcd", mode: 0o755 }),
      directory("Make its certificates' directory", { path: pki, mode: 0o750, ...own }),
      ...copyCertificate("health check's", issued("etcd-healthcheck-client"), `${pki}/healthcheck-client`),
      founded,
      sharesCa,
    ];
    const configured = block(
      "Configure and start the member",
      // First, as handlers run in the order in which tasks name them.
      copyPublic("the CA", trustBundle(vars.cluster_name, "etcd-ca"), `${pki}/ca.crt`)
        .when(sharesCa.output.or(true).map((shares) => !shares))
        .notify(together, again),
      copyPublic("the CAs", trustBundle(vars.cluster_name, "etcd-ca"), `${pki}/ca.crt`).notify(again),
      binary("Install etcd", program("etcd")).notify(again),
      binary("Install etcdctl", program("etcdctl")),
      binary("Install etcdutl", program("etcdutl")),
      ...(["server", "peer"] as const).flatMap((name) =>
        copyCertificate(name, issued(`${host.name}/etcd-${name}`), `${pki}/${name}`, own).map((task) =>
          task.notify(again),
        ),
      ),
      learner("Join the cluster that runs", joining),
      template("Write its configuration", {
        src: "etcd.yaml.hbs",
        dest: configuration,
        mode: 0o600,
        values: founded.output.map(({ state, list }) => ({
          name: host.name,
          address: host.address,
          dataDir: vars.etcd_data_dir,
          clientPort: vars.etcd_client_port,
          peerPort: vars.etcd_peer_port,
          metricsPort: vars.etcd_metrics_port,
          members: list,
          token: vars.cluster_name,
          heartbeat: vars.etcd_heartbeat_interval,
          election: vars.etcd_election_timeout,
          initialState: state,
          pki,
          extra: Object.keys(vars.etcd_extra_config).length > 0 && vars.etcd_extra_config,
        })),
        ...knowsExtraConfig(vars),
      }).notify(again),
      unit("Write its unit", {
        name: "etcd.service",
        mode: 0o600,
        src: "etcd.service.hbs",
        values: { binDir: vars.bin_dir, processors: vars.go_processors, weight: weights.etcd },
      }).notify(again),
      service("Start it now and at boot", { name: "etcd", enabled: true, state: "started", noBlock: true }),
      flushHandlers(),
    ).inTurn({
      unit: "etcd",
      together,
      ...(others.length > 0 && {
        first: wait("Wait until the other members can do without this one", {
          what: quorum(members.length).what,
          until: othersSuffice(others, { port: vars.etcd_metrics_port, members: members.length }),
          timeout: vars.kube_api_patience,
        }),
      }),
    });
    return [
      ...prepared,
      configured,
      wait("Wait until the member is healthy", answers),
      voter("Let it vote", joining),
      othersToCome("Wait until the other new members vote", joining),
      // A member with data does not read the list: nothing restarts for it.
      line("List the members", {
        path: configuration,
        match: "^initial-cluster: ",
        line: founded.output.map((start) => `initial-cluster: ${start.finally.join(",")}`),
      }),
    ];
  },
});
