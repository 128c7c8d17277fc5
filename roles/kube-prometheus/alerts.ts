import { InputError } from "kubeplay";
import type { Manifest } from "kubeplay/kubernetes";

interface Rule {
  readonly alert?: string;
}
interface Group {
  readonly name: string;
  readonly rules?: readonly Rule[];
}

const groupsOf = ({ spec }: Manifest): readonly Group[] => (spec as { groups?: readonly Group[] }).groups ?? [];
const isRules = ({ kind }: Manifest): boolean => kind === "PrometheusRule";

/** The same objects without these alerts. Throws InputError for an unknown alert. */
export function withoutAlerts(objects: readonly Manifest[], names: readonly string[]): readonly Manifest[] {
  const known = objects
    .filter(isRules)
    .flatMap(groupsOf)
    .flatMap(({ rules = [] }) => rules.flatMap(({ alert }) => alert ?? []));
  const strange = names.filter((name) => !known.includes(name));
  if (strange.length > 0)
    throw new InputError(
      strange.map((name) => ({
        message: `kube_prometheus_alerts_without: there is no alert ${name}: expected one of ${[...new Set(known)].sort().join(", ")}`,
      })),
    );
  const stays = ({ alert }: Rule): boolean => alert === undefined || !names.includes(alert);
  return objects.map((object) =>
    isRules(object)
      ? {
          ...object,
          spec: {
            ...(object.spec as object),
            groups: groupsOf(object).map((group) => ({ ...group, rules: (group.rules ?? []).filter(stays) })),
          },
        }
      : object,
  );
}
