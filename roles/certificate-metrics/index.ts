import { defineRole, directory, handler, restart, service, template, unit } from "kubeplay";
import { addonStates } from "#cluster/addon/states.ts";
import { certificatePlaces, listCertificates } from "#cluster/host-certificates.ts";
import { textfileFolder } from "#cluster/textfile.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { noFiles, noTimer } from "#cluster/undo/programs.ts";
import { programVariables } from "#cluster/variables.ts";

const name = "kubeplay-certificates";
const timer = `${name}.timer`;
const metrics = `${name}.prom`;

export const certificateMetrics = defineRole({
  name: "certificate-metrics",
  folder: import.meta.dirname,
  description: "Has every host tell Prometheus the ends of its certificates, by node-exporter's textfile collector.",
  vars: { bin_dir: programVariables.bin_dir, kube_prometheus_state: addonStates.kube_prometheus_state },
  undo: ({ vars }) => [
    ...noTimer(name),
    ...noFiles(`${vars.bin_dir}/${name}`),
    noLeftovers("Remove its metrics", { folder: textfileFolder, names: [metrics, `${metrics}.new`] }),
  ],
  tasks: ({ vars }) => {
    if (vars.kube_prometheus_state === "absent")
      return [service("Stop its timer", { name: timer, enabled: false, state: "stopped" })];
    const program = `${vars.bin_dir}/${name}`;
    const again = handler("Restart its timer", restart("Restart its timer", { name: timer }));
    return [
      directory("Create the folder of node-exporter's text files", { path: textfileFolder, mode: 0o755 }),
      template("Write the program that reads the certificates", {
        src: "kubeplay-certificates.hbs",
        dest: program,
        mode: 0o755,
        values: { folder: textfileFolder, metrics, list: listCertificates(certificatePlaces) },
        validate: "bash -n %s",
      }).notify(again),
      unit("Write its unit", {
        name: `${name}.service`,
        src: "kubeplay-certificates.service.hbs",
        values: { program },
      }),
      unit("Write its timer", { name: timer, src: "kubeplay-certificates.timer.hbs" }).notify(again),
      service("Start its timer", { name: timer, enabled: true, state: "started" }),
    ];
  },
});
