import { refNameOf } from "#engine/cache/cache.ts";
import { PlayError } from "#engine/errors.ts";
import { architectures, type Architecture, type Component } from "./component.ts";
import { versionVariables } from "./variables.ts";

/** The controller's architecture, as Go names it: its tools are fetched for this one. */
export const ownArchitecture = process.arch === "x64" ? "amd64" : process.arch;

/** The same as a supported architecture. Throws PlayError if there are no binaries for it. */
export function ofController(): Architecture {
  const found = architectures.find((one) => one === ownArchitecture);
  if (found) return found;
  throw new PlayError(
    `this machine's architecture is ${ownArchitecture}, but kubeadm, kubectl and crane run here: expected ${architectures.join(" or ")}`,
  );
}

/** The hosts' architectures, sorted. artifact_architectures must list them: hosts are not asked before fetching. */
export const hostArchitectures = <A extends string>(variable: readonly A[], own: A): readonly A[] =>
  variable.length > 0 ? [...new Set(variable)].sort() : [own];

/** The version variables and their values, e.g. kubernetes_version: "1.37.2". */
export type Versions = Readonly<Record<string, string>>;

export const versionsOf = (vars: Readonly<Record<keyof typeof versionVariables, string>>): Versions =>
  Object.fromEntries(
    (Object.keys(versionVariables) as (keyof typeof versionVariables)[]).map((name) => [name, vars[name]]),
  );

/** One component that must be in the cache. */
export interface WantedComponent {
  readonly component: Component;
  readonly version: string;
  readonly architecture: Architecture;
  readonly versions: Versions;
}

export function want(component: Component, versions: Versions, architecture: Architecture): WantedComponent {
  const version = versions[component.variable];
  if (version === undefined) throw new PlayError(`${component.name}: no version, ${component.variable} is not set`);
  return { component, version, architecture, versions };
}

/** The name of one binary in the cache: "kubelet@1.37.2-linux-amd64". */
export const refName = (wanted: WantedComponent, binary: string): string =>
  refNameOf(binary, wanted.version, wanted.architecture);

export const describe = (wanted: WantedComponent): string => `${wanted.component.name} ${wanted.version}`;

const machines: Readonly<Record<Architecture, string>> = { amd64: "x86_64", arm64: "arm64" };

/** The catalogue's text with its placeholders filled in. */
export function fill(text: string, wanted: WantedComponent, binary?: string): string {
  const [major = "", minor = "", patch = ""] = wanted.version.split(".");
  const values: Versions = {
    ...wanted.versions,
    version: wanted.version,
    major,
    minor,
    // As Prometheus numbers its module: 3.5 is v0.305, and 3.12 v0.312.
    minor2: minor.padStart(2, "0"),
    patch,
    arch: wanted.architecture,
    machine: machines[wanted.architecture],
    ...(binary === undefined ? {} : { binary }),
  };
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new PlayError(`catalogue, ${wanted.component.name}: ${placeholder} has no value in ${text}`);
    return value;
  });
}
