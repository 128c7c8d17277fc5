import { Type } from "typebox";
import { barrier, defineRole, register, wait } from "kubeplay";
import { accessOf } from "#cluster/addon/access.ts";
import { encryptable, type EncryptionStep } from "#cluster/encryption/config.ts";
import { encryptionFile } from "#cluster/encryption/file.ts";
import { hostEncryptionPath } from "#cluster/encryption/on-host.ts";
import { encryptionVariables } from "#cluster/encryption/variables.ts";
import { everyHost, hostHas } from "#cluster/every-host.ts";
import { encryptionPath, pkiPath } from "#cluster/paths.ts";
import { startedSince } from "#cluster/started-since.ts";
import { endpoint } from "#cluster/urls.ts";
import { clusterVariables, etcdVariables, patienceVariables, programVariables } from "#cluster/variables.ts";
import { allRewritten, rewritten } from "./rewrite.ts";

const reads = register<boolean>("API server reads by the new key");
const writes = register<boolean>("API server writes by the new key");
const isRewritten = register<boolean>("objects are encrypted by the new key");

const onMasters = (name: string, as: typeof reads) =>
  defineRole({
    name,
    description: "Waits until an API server has started with the keys that the controller has.",
    vars: { cluster_name: clusterVariables.cluster_name, component_patience: patienceVariables.component_patience },
    tasks: ({ vars, host }) => [
      wait("Wait until kube-apiserver has started with these keys", {
        what: `kube-apiserver has started since ${hostEncryptionPath} changed`,
        until: startedSince("kube-apiserver", [hostEncryptionPath]),
        timeout: vars.component_patience,
      }),
      hostHas("Check that it has the keys of the controller", {
        host: host.name,
        files: { [hostEncryptionPath]: encryptionPath(vars.cluster_name) },
      }).register(as),
      barrier("Wait until every master has them"),
    ],
  });

/** After "add", on every master. */
export const readsNew = onMasters("encryption-read", reads);
/** After "first", on every master. */
export const writesNew = onMasters("encryption-write", writes);

/** What hosts must have reported before a step. */
interface Awaited {
  readonly title: string;
  /** What each of them does: "reads by the new key". */
  readonly what: string;
  readonly by: typeof reads;
  /** The masters that are asked. */
  readonly of: (masters: readonly string[]) => readonly string[];
}

const everyMaster = (what: string, by: typeof reads): Awaited => ({
  ...{ title: `Check that every master ${what}`, what, by },
  of: (masters) => masters,
});
const allObjects: Awaited = {
  title: "Check that all objects are encrypted by the new key",
  what: "finds all objects encrypted by the new key",
  by: isRewritten,
  of: (masters) => masters.slice(0, 1),
};

/** On the controller: the next step, once every master has made the one before. */
const onController = (step: EncryptionStep, ...before: readonly Awaited[]) =>
  defineRole({
    name: `encryption-${step}`,
    description: "One step from the keys that encrypt etcd's objects to others, once all masters are ready for it.",
    vars: {
      cluster_name: clusterVariables.cluster_name,
      ...encryptionVariables,
      encryption_rotate: Type.Boolean({
        default: false,
        description:
          "Whether the playbook encryption replaces the key. For the command line only: `-e encryption_rotate=true`.",
      }),
    },
    tasks: ({ vars, inventory }) => {
      const masters = inventory.group("masters").map(({ name }) => name);
      const awaited = before.map(({ by, of, ...one }) => ({
        ...one,
        hosts: of(masters),
        reports: (name: string) => of(masters).map((host) => [`${name} ${host}`, by.on(host).or(false)] as const),
      }));
      return [
        ...awaited.map(({ title, what, hosts, reports }) =>
          everyHost(title, { hosts, what, ...Object.fromEntries(reports("host")) }),
        ),
        encryptionFile("Change the keys", {
          path: encryptionPath(vars.cluster_name),
          authority: `${pkiPath(vars.cluster_name, "kubernetes-ca")}.crt`,
          resources: vars.encryption_at_rest ? vars.encryption_resources : [],
          provider: vars.encryption_provider,
          step,
          rotate: vars.encryption_rotate,
          // The change asks as well, because --start-at-task can begin with it.
          ...Object.fromEntries(awaited.flatMap(({ what, reports }) => reports(`report ${what}`))),
        }),
      ];
    },
  });

export const encryptionAdd = onController("add");
export const encryptionFirst = onController("first", everyMaster("reads by the new key", reads));
export const encryptionRemove = onController("remove", everyMaster("writes by the new key", writes), allObjects);

/** On the first master: writes every object again that is not encrypted by the key of now. */
export const rewriteObjects = defineRole({
  name: "encryption-rewrite",
  description: "Has the API write every object again that is not encrypted by the key of now.",
  vars: {
    ...clusterVariables,
    kube_api_patience: patienceVariables.kube_api_patience,
    etcd_client_port: etcdVariables.etcd_client_port,
    bin_dir: programVariables.bin_dir,
  },
  tasks: ({ vars, host, inventory }) => {
    if (host.name !== inventory.group("masters")[0]?.name) return [];
    const each = encryptable.map((resource) => ({
      resource,
      path: encryptionPath(vars.cluster_name),
      etcdctl: `${vars.bin_dir}/etcdctl`,
      endpoint: `https://${endpoint(host.address, vars.etcd_client_port)}`,
      seconds: 300,
      access: accessOf(vars, inventory),
    }));
    return [
      ...each.map((props) => rewritten(`Write ${props.resource} again`, props)),
      ...each.map((props, index) => {
        const check = allRewritten(`Check that all ${props.resource} are written again`, props);
        return index === each.length - 1 ? check.register(isRewritten) : check;
      }),
    ];
  },
});
