import { Type } from "typebox";
import { block, type Block, type Item, type Role, type RoleContext, type Task, type Values } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { isBlock, tasksIn } from "#engine/tasks/block.ts";
import { begunFile, kept, putBack, settled, type PutBackProps, type Upgradable } from "./kept.ts";
import { backInService } from "./node-service.ts";
import { stop } from "./stop.ts";
import { apiserversOf } from "../members.ts";
import { kubeconfigPath } from "../paths.ts";
import { clusterVariables, etcdVariables, patienceVariables, programVariables } from "../variables.ts";

export const rollbackVariables = {
  rollback: Type.Boolean({
    default: false,
    description:
      "For upgrade: put every host back to what it ran before the last upgrade, instead of upgrading. Where that is forbidden, the run says so.",
  }),
};

/** Every service may look at these, whatever the variables of its role. */
export const serviceVariables = {
  ...rollbackVariables,
  ...programVariables,
  cluster_name: clusterVariables.cluster_name,
  kube_apiserver_port: clusterVariables.kube_apiserver_port,
  kube_api_patience: patienceVariables.kube_api_patience,
  etcd_metrics_port: etcdVariables.etcd_metrics_port,
  kubernetes_version: versionVariables.kubernetes_version,
  etcd_version: versionVariables.etcd_version,
  containerd_version: versionVariables.containerd_version,
  runc_version: versionVariables.runc_version,
};
export type ServiceVariables = Values<typeof serviceVariables>;
type Context = RoleContext<ServiceVariables>;

/** What an upgrade of one service needs to know. */
export interface Service {
  readonly of: (context: Context) => PutBackProps;
  /** Tasks before a host begins, in its turn. */
  readonly before?: (context: Context) => readonly Task[];
  /** If its host was taken out of service for it. */
  readonly ofNode?: {
    /** What the same upgrade changed on the host before, and must be put back too. */
    readonly earlier: (context: Context) => readonly Upgradable[];
  };
}

/** The waits of the handlers that the tasks notify: what holds once the service is well. */
const waitsOf = (items: readonly Item[]): readonly Task[] => {
  const handlers = new Set(tasksIn(items).flatMap((task) => task.handlers));
  return [...handlers].flatMap(({ tasks }) => tasks.filter(({ does }) => "resource" in does && does.resource.waits));
};

const isTurn = (item: Item): item is Block => isBlock(item) && item.turns !== undefined;

/** The same role with other tasks, and more variables for them. */
const derived = <V>(role: Role<V>, tasks: (context: RoleContext<V & ServiceVariables>) => readonly Item[]): Role =>
  ({ ...role, vars: { ...role.vars, ...serviceVariables }, tasks }) as Role;

/** A role that does nothing while everything is put back. */
export const unlessRollback = <V>(role: Role<V>): Role =>
  derived(role, (context) => (context.vars.rollback ? [] : role.tasks(context)));

/** A role that does something only while everything is put back. */
export const onlyInRollback = <V>(role: Role<V>): Role =>
  derived(role, (context) => (context.vars.rollback ? role.tasks(context) : []));

/**
 * The role of a service, for an upgrade: each host keeps what it ran before its turn. If it does not come back with the
 * new version, it is put back, and the run ends.
 */
export const upgraded = <V>(role: Role<V>, service: Service): Role =>
  derived(role, (context) => {
    if (context.vars.rollback) return [];
    return role.tasks(context).map((item) => (isTurn(item) ? guarded(item, context, service) : item));
  });

function guarded(item: Block, context: Context, { of, before, ofNode }: Service): Block {
  const { vars, host, inventory } = context;
  const props = of(context);
  const [main] = props.programs;
  const access = {
    kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
    servers: apiserversOf(inventory, vars.kube_apiserver_port),
  };
  const earlier = ofNode?.earlier(context) ?? [];
  const turn = block(
    item.name,
    ...(before?.(context) ?? []),
    kept(`Keep what ${props.unit} runs with`, props),
    ...item.tasks,
    settled(`Note that ${props.unit} is upgraded`, props),
  ).inTurn(item.turns);
  return turn.rescue(
    putBack(`Put ${props.unit} back`, { ...props, unfinished: true }),
    ...earlier.map((each) => putBack(`Put ${each.unit} back`, { ...each, since: begunFile(each) })),
    ...waitsOf(item.tasks),
    ...(ofNode ? [backInService("Take the node back into service", { ...access, node: host.name })] : []),
    stop("Stop the upgrade", { host: host.name, what: `${main.artifact} ${main.version}`, ...access }),
  );
}

/** The same service put back on every host in turn, if `rollback` is set. */
export const putBackOn = <V>(role: Role<V>, { of, before }: Service): Role =>
  derived(role, (context) => {
    if (!context.vars.rollback) return [];
    const turns = role.tasks(context).find(isTurn);
    const props = of(context);
    return [
      block(
        `Put ${props.unit} back`,
        ...(before?.(context) ?? []),
        putBack(`Put ${props.unit} back`, { ...props, any: true }),
        ...waitsOf(turns?.tasks ?? []),
      ).inTurn({ ...turns?.turns, unit: props.unit }),
    ];
  });
