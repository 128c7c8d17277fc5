import { at } from "../../reading/objects.ts";
import type { HostEvidence } from "./host.ts";
import type { Component } from "./probe.ts";

/** A setting that is a flag, a field of the component's configuration file, or either. */
export interface Setting {
  readonly component: Component;
  /** Without dashes: "profiling". */
  readonly flag?: string;
  /** "authentication.anonymous.enabled" */
  readonly field?: string;
}

/** The flag with the path of the configuration file; whether the file takes the place of all other flags. */
const configurations: Partial<Record<Component, { readonly flag: string; readonly isAlone: boolean }>> = {
  // https://etcd.io/docs/v3.6/op-guide/configuration/: a file means that flags are ignored.
  etcd: { flag: "config-file", isAlone: true },
  "kube-scheduler": { flag: "config", isAlone: false },
  kubelet: { flag: "config", isAlone: false },
  "kube-proxy": { flag: "config", isAlone: true },
};

export interface Found {
  /** Undefined if it is not set. A list has commas between its items. */
  readonly value: string | undefined;
  /** "--profiling=false", "anonymous.enabled: false in /etc/kubernetes/kubelet.json", "--profiling is not set". */
  readonly shown: string;
}

/** The path of the component's configuration file, as the process was given it. */
export const configurationOf = ({ processes }: HostEvidence, component: Component): string | undefined =>
  processes
    .get(component)
    ?.get(configurations[component]?.flag ?? "")
    ?.at(-1);

/** What a component that runs has as a setting. */
export function find(host: HostEvidence, { component, flag, field }: Setting): Found {
  const inFile = field === undefined ? undefined : fieldOf(host, component, field);
  const name = field !== undefined && configurationOf(host, component) !== undefined ? field : `--${flag ?? ""}`;
  const isAlone = configurations[component]?.isAlone === true && configurationOf(host, component) !== undefined;
  const inFlag = flag === undefined || isAlone ? undefined : flagOf(host, component, flag);
  // The scheduler ignores a flag that has a field; the kubelet's flags win.
  const found = component === "kubelet" ? (inFlag ?? inFile) : (inFile ?? inFlag);
  return found ?? { value: undefined, shown: `${name} is not set` };
}

function flagOf({ processes }: HostEvidence, component: Component, flag: string): Found | undefined {
  const values = processes.get(component)?.get(flag);
  if (!values) return undefined;
  const value = values.join(",");
  return { value, shown: `--${flag}=${value}` };
}

function fieldOf(host: HostEvidence, component: Component, field: string): Found | undefined {
  const folder = host.processes.get(component)?.get("config-dir")?.at(-1);
  const extras = [...host.documents.keys()].filter((path) => folder !== undefined && path.startsWith(`${folder}/`));
  // The last file that has it wins.
  const files = [...extras.sort().reverse(), configurationOf(host, component) ?? ""];
  for (const file of files) {
    const value = textOf(at(host.documents.get(file), ...field.split(".")));
    if (value !== undefined) return { value, shown: `${field}: ${value} in ${file}` };
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.map(String).join(",") : JSON.stringify(value);
}
