import path from "node:path/posix";
import { queries } from "kubeplay";
import { artifactToCome } from "#engine/queries/artifact.ts";

/** Programs that change only in an upgrade, by the component of the catalogue that brings them. */
export const stagedPrograms = {
  etcd: ["etcd", "etcdctl", "etcdutl"],
  kubernetes: ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"],
  containerd: ["containerd", "containerd-shim-runc-v2", "ctr"],
  runc: ["runc"],
} as const;
export type StagedComponent = keyof typeof stagedPrograms;

interface Of {
  readonly version: string;
  readonly architecture: string;
  /** The folder of the programs in use. */
  readonly binDir: string;
}

/** The folder on a host with a folder for each version of a component: beside bin_dir, so on the same file system. */
export const versionsFolder = (binDir: string, component: StagedComponent): string =>
  path.join(binDir, "../lib/kubeplay", component);

const componentOf = (name: string): StagedComponent => {
  const found = (Object.keys(stagedPrograms) as StagedComponent[]).find((component) =>
    (stagedPrograms[component] as readonly string[]).includes(name),
  );
  if (found === undefined) throw new Error(`${name} is no program that is staged`);
  return found;
};

/**
 * A program of a component, for `binary`. New hosts get it in bin_dir itself. An upgrade stages it beside the old one
 * first, and `binary` then only switches a link. Throws Error for the name of another program.
 *
 * @example
 * binary("Install etcd", programIn("etcd", { version: "3.7.3", architecture: "amd64", binDir: "/usr/local/bin" }));
 */
export const programIn = (name: string, { version, architecture, binDir }: Of) => ({
  artifact: name,
  version,
  architecture,
  dest: `${binDir}/${name}`,
  staged: path.join(versionsFolder(binDir, componentOf(name)), version, name),
});

export type StagedProgram = ReturnType<typeof programIn>;

const artifactKey = (p: StagedProgram): string => `${p.artifact}@${p.version}/${p.architecture}`;

/** What decides whether a program is in use: that of `binary`. */
export const programQueries = (p: StagedProgram) => ({
  path: queries.path(p.dest),
  installed: queries.digest(p.dest),
  staged: queries.digest(p.staged),
  source: queries.artifact(artifactKey(p)),
});

export interface ProgramNow {
  readonly path: queries.PathState;
  readonly installed: queries.DigestState;
  readonly staged: queries.DigestState;
  readonly source: queries.ArtifactState;
}

/** The digest of a program's content; "known after apply" until it is in the cache. */
export const contentOf = ({ source }: Pick<ProgramNow, "source">, p: StagedProgram): string =>
  (source ?? artifactToCome(artifactKey(p))).sha256;

/** Whether the program that is in use has this version's content. */
export function isInUse(now: ProgramNow, p: StagedProgram): boolean {
  const wanted = contentOf(now, p);
  const { path: used, installed, staged } = now;
  return installed === wanted || (used.type === "link" && used.target === p.staged && staged === wanted);
}
