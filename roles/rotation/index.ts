import { barrier, defineRole, register, wait } from "kubeplay";
import { accessOf } from "#cluster/addon/access.ts";
import { apiserverReady } from "#cluster/apiserver-ready.ts";
import { hostKubeconfig } from "#cluster/elected-component.ts";
import { nodesOf } from "#cluster/members.ts";
import { caBundle, pkiPath, trustBundle } from "#cluster/paths.ts";
import { recordOf, rotationOf, rotationVariables, trustedOf } from "#cluster/rotation.ts";
import { startedSince } from "#cluster/started-since.ts";
import { clusterVariables, etcdVariables, patienceVariables } from "#cluster/variables.ts";
import { apiTrust } from "./api-trust.ts";
import { everyHost, hostHas } from "#cluster/every-host.ts";
import { mayDrop } from "./may-drop.ts";
import { programsOf } from "./programs.ts";
import { podsFollow } from "./pods-follow.ts";
import { rotationRecord } from "./record.ts";
import { masterWell, nodesWell } from "./well.ts";

const common = {
  ...clusterVariables,
  kube_api_patience: patienceVariables.kube_api_patience,
  rotate: rotationVariables.rotate,
  drop: rotationVariables.drop,
};

/** On every master, before anything is changed. */
export const mastersWell = defineRole({
  name: "rotation-masters",
  folder: import.meta.dirname,
  description: "Refuses a rotation while a master is not well.",
  vars: { ...common, etcd_metrics_port: etcdVariables.etcd_metrics_port },
  tasks: ({ vars, host }) => [
    masterWell("Check that the master is well", {
      host: host.name,
      etcd: `curl -fsS --max-time 15 http://127.0.0.1:${String(vars.etcd_metrics_port)}/health | grep -q '"health":"true"'`,
      apiserver: apiserverReady(host.address, vars.kube_apiserver_port),
    }),
  ],
});

/** On the controller, before anything is changed. */
export const mayRotate = defineRole({
  name: "rotation-check",
  folder: import.meta.dirname,
  description: "Refuses a rotation while a node is not Ready, and to drop what pods or tokens still rely on.",
  vars: { ...common, drop_anyway: rotationVariables.drop_anyway },
  tasks: ({ vars, inventory, factsOf }) => {
    const access = accessOf(vars, inventory);
    const hosts = inventory.hosts.filter(({ name }) => name !== "localhost");
    return [
      nodesWell("Check that every host takes part, and that the nodes are Ready", {
        ...access,
        missing: hosts.filter((host) => factsOf(host) === undefined).map(({ name }) => name),
        nodes: nodesOf(inventory).map(({ name }) => name),
      }),
      ...rotationOf(vars).drop.map((name) =>
        mayDrop(`Check that nothing relies on the old ${name}`, {
          ...access,
          name,
          path: `${pkiPath(vars.cluster_name, name)}.${name === "service-account" ? "pub" : "crt"}`,
          record: recordOf(vars.cluster_name, name),
          anyway: vars.drop_anyway,
        }),
      ),
    ];
  },
});

const trusts = register<boolean>("host trusts the new CAs");
const uses = register<boolean>("host uses the new CAs");

const onHosts = (name: string, as: typeof trusts) =>
  defineRole({
    name,
    folder: import.meta.dirname,
    description: "Waits until every program of a host has started since its CAs and keys changed.",
    vars: {
      cluster_name: clusterVariables.cluster_name,
      component_patience: patienceVariables.component_patience,
      drop: rotationVariables.drop,
    },
    tasks: ({ vars, host }) => {
      const programs = programsOf(host, vars.cluster_name);
      return [
        ...programs.map(({ unit, files }) =>
          wait(`Wait until ${unit} has started with them`, {
            what: `${unit} has started since ${Object.keys(files).join(", ")} changed`,
            until: startedSince(unit, Object.keys(files)),
            timeout: vars.component_patience,
          }),
        ),
        hostHas("Check that the host has them as the controller has", {
          host: host.name,
          files: Object.assign({}, ...programs.map(({ files }) => files)) as Readonly<Record<string, string>>,
          mayLack: [hostKubeconfig("kube-proxy")],
        }).register(as),
        barrier("Wait until every host has them"),
      ];
    },
  });

/** Between the two halves of a rotation, on every host. */
export const trustsNew = onHosts("rotation-trusts", trusts);
/** After it, on every host. */
export const usesNew = onHosts("rotation-uses", uses);

const onController = (name: string, of: typeof trusts, what: string) =>
  defineRole({
    name,
    folder: import.meta.dirname,
    description: `Refuses to go on unless every host ${what}.`,
    vars: { ...common },
    tasks: ({ inventory }) => {
      const hosts = inventory.hosts.filter((host) => host.name !== "localhost").map((host) => host.name);
      return [
        everyHost(`Check that every host ${what}`, {
          hosts,
          what,
          ...Object.fromEntries(hosts.map((host) => [`host ${host}`, of.on(host).or(false)])),
        }),
      ];
    },
  });

const hostsTrustNew = onController("rotation-halfway", trusts, "trusts the new CAs and keys");

/** On the controller, between the two halves. */
export const allTrustNew = defineRole({
  name: "rotation-halfway",
  folder: import.meta.dirname,
  description: "Refuses to go on unless every host trusts the new CAs, and every pod too where the old key is lost.",
  vars: { ...common, rotate_anyway: rotationVariables.rotate_anyway },
  tasks: (context) => {
    const { vars, inventory } = context;
    return [
      ...hostsTrustNew.tasks(context),
      ...(rotationOf(vars).rotate.includes("kubernetes-ca")
        ? [
            podsFollow("Check that pods trust a CA that the old one cannot sign", {
              ...accessOf(vars, inventory),
              path: `${pkiPath(vars.cluster_name, "kubernetes-ca")}.crt`,
              record: trustedOf(vars.cluster_name, "kubernetes-ca"),
              anyway: vars.rotate_anyway,
            }),
          ]
        : []),
    ];
  },
});
const allUseNew = onController("rotation-end", uses, "uses the new CAs and keys");

/** On the controller, at the end. */
export const rotationEnd = defineRole({
  name: "rotation-end",
  folder: import.meta.dirname,
  description: "Records that every host uses the new CAs and keys; takes dropped ones out of the API.",
  vars: allUseNew.vars as typeof common,
  tasks: (context) => {
    const { vars, inventory } = context;
    const { rotate, drop } = rotationOf(vars);
    const cluster = vars.cluster_name;
    return [
      ...allUseNew.tasks(context),
      ...rotate.map((name) =>
        rotationRecord(`Record that ${name} is replaced`, {
          name,
          path: recordOf(cluster, name),
          state: "present",
          trusted: trustedOf(cluster, name),
        }),
      ),
      ...(rotate.includes("kubernetes-ca")
        ? [
            rotationRecord("Forget since when hosts trust the new kubernetes-ca", {
              name: "kubernetes-ca",
              path: trustedOf(cluster, "kubernetes-ca"),
              state: "absent",
            }),
          ]
        : []),
      ...(drop.some((name) => name !== "service-account" && name !== "etcd-ca")
        ? [
            apiTrust("Take dropped CAs out of what API servers tell others to trust", {
              ...accessOf(vars, inventory),
              clients: caBundle(cluster),
              frontProxies: trustBundle(cluster, "front-proxy-ca"),
            }),
          ]
        : []),
      ...drop.map((name) =>
        rotationRecord(`Forget the rotation of ${name}`, { name, path: recordOf(cluster, name), state: "absent" }),
      ),
    ];
  },
});
