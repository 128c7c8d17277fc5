import { Type } from "typebox";
import {
  defineRole,
  directory,
  flushHandlers,
  handler,
  packages,
  reload,
  restart,
  service,
  template,
  unit,
  wait,
} from "kubeplay";
import { maskNginx } from "#cluster/nginx-service.ts";
import { endpoint } from "#cluster/urls.ts";
import { packagesFor } from "#cluster/packages.ts";
import { proxyEnvironment, proxyVariables } from "#cluster/proxy.ts";
import { clusterVariables, patienceVariables } from "#cluster/variables.ts";
import { weights } from "#cluster/weights.ts";

export const kubeNginx = defineRole({
  name: "kube-nginx",
  folder: import.meta.dirname,
  description: "A layer-4 proxy on every host, in front of all apiservers: any master may fail.",
  vars: {
    ...clusterVariables,
    ...proxyVariables,
    component_patience: patienceVariables.component_patience,
    kube_nginx_connect_timeout: Type.Integer({
      default: 2,
      minimum: 1,
      description: "Seconds for an apiserver to accept a connection; then the next one is tried.",
    }),
  },
  tasks: ({ vars, inventory }) => {
    // Open connections stay with the old workers; new ones use the new list.
    const again = handler("Reload kube-nginx", reload("Reload kube-nginx", { name: "kube-nginx" }));
    const anew = handler("Restart kube-nginx", restart("Restart kube-nginx", { name: "kube-nginx" }));
    return [
      maskNginx(),
      packages("Install nginx with its stream module", { names: packagesFor["kube-nginx"] }).environment(
        proxyEnvironment({ vars, inventory }),
      ),
      directory("Make its configuration directory", { path: "/etc/kube-nginx", mode: 0o755 }),
      template("Write the proxy's configuration", {
        src: "nginx.conf.hbs",
        dest: "/etc/kube-nginx/nginx.conf",
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
        values: { weight: weights["kube-nginx"] },
      }).notify(anew),
      service("Start it now and at boot", { name: "kube-nginx", enabled: true, state: "started" }),
      flushHandlers(),
      wait("Wait until it accepts connections", {
        until: { port: vars.kube_nginx_port },
        timeout: vars.component_patience,
      }),
    ];
  },
});
