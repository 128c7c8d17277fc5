import { Type } from "typebox";
import {
  block,
  command,
  defineRole,
  directory,
  flushHandlers,
  handler,
  packages,
  reload,
  restart,
  service,
  type Task,
  template,
  unit,
  wait,
} from "kubeplay";
import { aptEnvironment, aptVariables } from "#cluster/apt-environment.ts";
import { maskNginx } from "#cluster/nginx-service.ts";
import { oneThenMore, proxyCheckVariables, rollingVariables, steadyFor } from "#cluster/gates.ts";
import { endpoint } from "#cluster/urls.ts";
import { copyCertificate, copyPublic } from "#cluster/copied-files.ts";
import { caBundle, pkiPath } from "#cluster/paths.ts";
import { packagesFor } from "#cluster/packages.ts";
import { activeProxyConfiguration, proxyCheckTimeout } from "#cluster/proxy-list.ts";
import { clusterVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { recordedFile } from "#cluster/undo/record.ts";
import { noFiles, noUnit } from "#cluster/undo/programs.ts";
import { weights } from "#cluster/weights.ts";

const folder = "/etc/kube-nginx";
const configuration = `${folder}/nginx.conf`;

const page = "/var/www/html/index.nginx-debian.html";
/** The package is still installed: the page goes only if nobody changed it, and if the host did not have nginx. */
const noPage = (): Task =>
  command("Remove the page that Debian's nginx made", {
    run: `rm -f -- ${page}; rmdir -- /var/www/html /var/www 2>/dev/null || :`,
    unless: `! cmp -s ${page} /usr/share/nginx/html/index.html || ! [ -f ${recordedFile("packages")} ] || grep -qxF nginx-common ${recordedFile("packages")}`,
  });

export const kubeNginx = defineRole({
  name: "kube-nginx",
  folder: import.meta.dirname,
  description: "A layer-4 proxy on every host, in front of all apiservers: any master may fail.",
  vars: {
    ...clusterVariables,
    bin_dir: programVariables.bin_dir,
    ...aptVariables,
    ...rollingVariables,
    component_patience: patienceVariables.component_patience,
    kube_nginx_connect_timeout: Type.Integer({
      default: 2,
      minimum: 1,
      description: "Seconds for an apiserver to accept a connection; then the next one is tried.",
    }),
    ...proxyCheckVariables,
  },
  undo: ({ vars }) => [
    ...noUnit("kube-nginx-check"),
    ...noUnit("kube-nginx"),
    ...noFiles(`${vars.bin_dir}/kube-nginx-check`),
    noLeftovers("Remove its configuration and certificates", { folder, names: ["*"] }),
    noPage(),
    service("Unmask Debian's own nginx service", { name: "nginx", masked: false }),
  ],
  tasks: ({ vars, inventory }) => {
    // Open connections stay with the old workers; new ones use the new list.
    const again = handler("Reload kube-nginx", reload("Reload kube-nginx", { name: "kube-nginx" }));
    const check = `${vars.bin_dir}/kube-nginx-check`;
    const checkAgain = handler("Restart the check", restart("Restart the check", { name: "kube-nginx-check" }));
    const accepts = {
      units: ["kube-nginx"],
      until: { port: vars.kube_nginx_port },
      timeout: vars.component_patience,
    };
    const anew = handler(
      "Restart kube-nginx",
      restart("Restart kube-nginx", { name: "kube-nginx" }),
      wait("Wait until it accepts connections and stays up", { ...accepts, steady: steadyFor }),
    );
    const configured = block(
      "Configure and start the proxy",
      maskNginx(),
      packages("Install nginx with its stream module", { names: packagesFor["kube-nginx"] }).environment(
        aptEnvironment({ vars, inventory }),
      ),
      directory("Make its configuration directory", { path: folder, mode: 0o755 }),
      template("Write the proxy's configuration", {
        src: "nginx.conf.hbs",
        dest: configuration,
        validate: "nginx -t -q -c %s",
        values: {
          port: vars.kube_nginx_port,
          connectTimeout: vars.kube_nginx_connect_timeout,
          servers: inventory.group("masters").map(({ address }) => endpoint(address, vars.kube_apiserver_port)),
        },
      }).notify(again),
      unit("Write its unit", {
        name: "kube-nginx.service",
        src: "kube-nginx.service.hbs",
        values: { configuration, active: activeProxyConfiguration, weight: weights["kube-nginx"] },
      }).notify(anew),
      service("Start it now and at boot", { name: "kube-nginx", enabled: true, state: "started" }),
      copyPublic("the cluster's CAs", caBundle(vars.cluster_name), `${folder}/ca.crt`),
      ...copyCertificate("check's", pkiPath(vars.cluster_name, "kube-nginx"), `${folder}/check`),
      template("Write the check of the apiservers", {
        src: "kube-nginx-check.hbs",
        dest: check,
        mode: 0o755,
        values: {
          configuration,
          active: activeProxyConfiguration,
          pid: "/run/kube-nginx.pid",
          ca: `${folder}/ca.crt`,
          certificate: `${folder}/check.crt`,
          key: `${folder}/check.key`,
          interval: vars.kube_nginx_check_interval,
          timeout: proxyCheckTimeout,
        },
        validate: "bash -n %s",
      }).notify(checkAgain),
      unit("Write the check's unit", {
        name: "kube-nginx-check.service",
        src: "kube-nginx-check.service.hbs",
        values: { program: check, weight: weights["kube-nginx"] },
      }).notify(checkAgain),
      service("Start the check now and at boot", { name: "kube-nginx-check", enabled: true, state: "started" }),
      flushHandlers(),
    ).inTurn({ unit: "kube-nginx", serial: oneThenMore(vars) });
    return [configured, wait("Wait until it accepts connections", accepts)];
  },
});
