import { defineRole, handler, quote, restart, service, template, unit } from "kubeplay";
import { etcdPki } from "#cluster/etcd-members.ts";
import { snapshotVariables } from "#cluster/backup/timer-variables.ts";
import { keptByReset } from "#cluster/reset.ts";
import { noSnapshots } from "#cluster/undo/snapshots.ts";
import { noFiles, noTimer } from "#cluster/undo/programs.ts";
import { clusterVariables, etcdVariables, programVariables } from "#cluster/variables.ts";
import { endpoint } from "#cluster/urls.ts";

const name = "kubeplay-snapshot";
const timer = `${name}.timer`;

export const snapshotTimer = defineRole({
  name: "snapshot-timer",
  folder: import.meta.dirname,
  description: "Has every master take snapshots of etcd by itself, if a variable says when.",
  vars: {
    ...snapshotVariables,
    cluster_name: clusterVariables.cluster_name,
    bin_dir: programVariables.bin_dir,
    etcd_client_port: etcdVariables.etcd_client_port,
    reset_keep_snapshots: keptByReset.reset_keep_snapshots,
  },
  undo: ({ vars }) => [
    ...noTimer(name),
    ...noFiles(`${vars.bin_dir}/${name}`),
    ...(vars.reset_keep_snapshots
      ? []
      : [
          noSnapshots("Remove the snapshots of etcd", vars.snapshot_folder, [
            `${vars.cluster_name}-*Z.db`,
            "new.db",
            "new.db.part",
          ]),
        ]),
  ],
  tasks: ({ vars }) => {
    if (vars.snapshot_timer === "")
      return [service("Stop the timer of snapshots", { name: timer, enabled: false, state: "stopped" })];
    const program = `${vars.bin_dir}/${name}`;
    const again = handler("Restart the timer of snapshots", restart("Restart the timer", { name: timer }));
    return [
      template("Write the program that takes snapshots", {
        src: "kubeplay-snapshot.hbs",
        dest: program,
        mode: 0o755,
        values: {
          cluster: quote(vars.cluster_name),
          folder: quote(vars.snapshot_folder),
          keep: vars.snapshot_keep,
          pki: etcdPki,
          etcdctl: quote(`${vars.bin_dir}/etcdctl`),
          etcdutl: quote(`${vars.bin_dir}/etcdutl`),
          endpoint: `https://${endpoint("127.0.0.1", vars.etcd_client_port)}`,
        },
        validate: "bash -n %s",
      }),
      unit("Write its unit", {
        name: `${name}.service`,
        src: "kubeplay-snapshot.service.hbs",
        values: { program },
      }),
      unit("Write its timer", {
        name: timer,
        src: "kubeplay-snapshot.timer.hbs",
        values: { calendar: vars.snapshot_timer },
        validate: `systemd-analyze calendar ${quote(vars.snapshot_timer).replaceAll("%", "%%")}`,
      }).notify(again),
      service("Start the timer of snapshots", { name: timer, enabled: true, state: "started" }),
    ];
  },
});
