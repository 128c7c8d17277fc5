import { Type, type Static } from "typebox";
import { stringify } from "yaml";
import { InputError, Secret } from "kubeplay";
import type { Manifest } from "kubeplay/kubernetes";

const anything = Type.Record(Type.String(), Type.Unknown());
const list = Type.Optional(Type.Array(anything));

/** The top level of Alertmanager's configuration. The receivers' addresses, passwords and tokens are secret. */
export const alertmanagerConfig = Type.Object(
  {
    global: Type.Optional(Secret(anything)),
    route: Type.Optional(Type.Object({ receiver: Type.String() }, { additionalProperties: true })),
    receivers: Type.Optional(
      Type.Array(Type.Object({ name: Type.String() }, { additionalProperties: Secret(Type.Unknown()) })),
    ),
    inhibit_rules: list,
    time_intervals: list,
    mute_time_intervals: list,
    templates: Type.Optional(Type.Array(Type.String())),
    tracing: Type.Optional(Secret(anything)),
  },
  {
    default: {},
    description:
      "Alertmanager's configuration in the format of its manual, with at least route and receivers. If empty, upstream's own, which notifies nobody.",
  },
);
export type AlertmanagerConfig = Static<typeof alertmanagerConfig>;

const variable = "kube_prometheus_alertmanager_config";

/** The receivers that a route and its subroutes name, each with its place. */
function* named(route: unknown, place: string): Generator<readonly [place: string, receiver: unknown]> {
  if (typeof route !== "object" || route === null) return;
  if ("receiver" in route) yield [`${place}.receiver`, route.receiver];
  if (!("routes" in route) || !Array.isArray(route.routes)) return;
  for (const [index, one] of route.routes.entries()) yield* named(one, `${place}.routes[${index}]`);
}

/** Throws InputError for a configuration that Alertmanager would refuse: it would silently keep the one before. */
export function checkAlertmanagerConfig({ route, receivers, ...rest }: AlertmanagerConfig): void {
  const isEmpty = !route && !receivers && Object.keys(rest).length === 0;
  if (isEmpty) return;
  const missing = Object.entries({ route, receivers }).flatMap(([name, value]) => (value ? [] : name));
  if (!route || !receivers)
    throw new InputError([
      { message: `${variable} has no ${missing.join(" and no ")}: expected both, or nothing for upstream's own` },
    ]);
  const names = receivers.map(({ name }) => name);
  const problems = [
    ...[...named(route, "route")]
      .filter(([, receiver]) => !names.some((name) => name === receiver))
      .map(
        ([place, receiver]) =>
          `${variable}: ${place} is ${JSON.stringify(receiver)}, which is not a receiver: expected one of ${names.join(", ")}`,
      ),
    ...[...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
      (name) => `${variable}: there are several receivers ${name}: expected each name once`,
    ),
  ];
  if (problems.length > 0) throw new InputError(problems.map((message) => ({ message })));
}

/** The same objects with this configuration instead of upstream's. */
export const withAlertmanagerConfig = (
  objects: readonly Manifest[],
  config: AlertmanagerConfig,
): readonly Manifest[] =>
  Object.keys(config).length === 0
    ? objects
    : objects.map((object) =>
        object.kind === "Secret" && object.metadata.name === "alertmanager-main"
          ? { ...object, stringData: { "alertmanager.yaml": stringify(config) } }
          : object,
      );
