import { at, list, nameOf, text } from "../../reading/objects.ts";
import type { ClusterEvidence } from "../evidence/cluster.ts";
import type { HostEvidence } from "../evidence/host.ts";

/** Weakest first: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const levels = ["privileged", "baseline", "restricted"] as const;
export type Level = (typeof levels)[number];

const levelIn = (value: string): Level => levels.find((one) => one === value) ?? "privileged";
const weaker = (a: Level, b: Level): Level => (levels.indexOf(a) <= levels.indexOf(b) ? a : b);
export const isLess = (level: Level, than: Level): boolean => levels.indexOf(level) < levels.indexOf(than);

interface PluginDefaults {
  readonly level: Level;
  readonly exempt: readonly string[];
}

/** The configuration of the plugin PodSecurity on a master: in the file of all plugins, or in one that it names. */
function pluginOf({ processes, documents }: HostEvidence): PluginDefaults {
  const file = processes.get("kube-apiserver")?.get("admission-control-config-file")?.at(-1) ?? "";
  const plugin = list(documents.get(file), "plugins").find((one) => text(one, "name") === "PodSecurity");
  const path = text(plugin, "path");
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const configuration = at(plugin, "configuration") ?? documents.get(path.startsWith("/") ? path : `${folder}${path}`);
  return {
    level: levelIn(text(configuration, "defaults", "enforce")),
    exempt: list(configuration, "exemptions", "namespaces").map(String),
  };
}

export interface NamespaceLevel {
  readonly name: string;
  readonly level: Level;
}

export interface PodSecurity {
  /** For namespaces without a label: the weakest of all masters. */
  readonly byDefault: Level;
  readonly namespaces: readonly NamespaceLevel[];
}

/** What each namespace enforces. */
export function podSecurityOf({ masters }: ClusterEvidence, namespaces: readonly unknown[]): PodSecurity {
  const plugins = masters.map(pluginOf);
  const byDefault = plugins.map(({ level }) => level).reduce(weaker, plugins[0]?.level ?? "privileged");
  const exempt = plugins.flatMap((plugin) => plugin.exempt);
  return {
    byDefault,
    namespaces: namespaces.map((namespace) => {
      const name = nameOf(namespace);
      const label = text(namespace, "metadata", "labels", "pod-security.kubernetes.io/enforce");
      if (exempt.includes(name)) return { name, level: "privileged" };
      return { name, level: label === "" ? byDefault : levelIn(label) };
    }),
  };
}
