import path from "node:path/posix";
import { defineResource, defineRole, quote, TaskError, type Difference } from "kubeplay";
import { writeStamp } from "#engine/queries/digest.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { contentOf, isInUse, programIn, programQueries, stagedPrograms } from "#cluster/staging.ts";
import type { ProgramNow, StagedComponent, StagedProgram } from "#cluster/staging.ts";
import { rollbackVariables } from "#cluster/upgrade/upgraded.ts";
import { programVariables } from "#cluster/variables.ts";
import { unusedVersions } from "./unused-versions.ts";

/** Programs that say their version when asked, and exit. */
const asked = new Set([
  ...["etcd", "containerd", "runc", "kubelet", "kube-proxy"],
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler"],
]);

const runs = (program: string): string =>
  `{ said=$(timeout 60 ${quote(program)} --version 2>&1) || { printf 'it does not even say its version: %s\\n' "$said" >&2; rm -f -- ${quote(program)}; false; }; }`;

/**
 * A program beside the one in use, unless that has the wanted version already, or the host has no such program. Nothing
 * that runs changes. A program that cannot run here is refused.
 */
export const stagedProgram = defineResource({
  kind: "staged program",
  label: (p: StagedProgram) => p.staged,
  needs: (p) => programQueries(p),
  diff: (now: ProgramNow, p): Difference[] => {
    const after = contentOf(now, p);
    return isInUse(now, p) || now.path.type === "absent" || now.staged === after
      ? []
      : [{ what: `${p.artifact} ${p.version}`, before: now.staged, after }];
  },
  apply: (_found, { source }, p) => {
    if (!source)
      throw new TaskError(
        `${p.artifact} ${p.version} for ${p.architecture} is not in the artifact cache: run with --tags artifacts first`,
      );
    const fresh = `${p.staged}.new`;
    return [
      `umask 022; mkdir -p -- ${quote(path.dirname(p.staged))}`,
      { upload: { file: source.file }, to: fresh, mode: 0o755, sha256: source.sha256 },
      [
        ...(asked.has(p.artifact) ? [runs(fresh)] : []),
        `mv -fT -- ${quote(fresh)} ${quote(p.staged)}`,
        writeStamp(p.staged, source.sha256),
      ].join(" && "),
    ];
  },
  forecast: (now, p) => ({ staged: contentOf(now, p) }),
  effects: (p) => [{ below: path.dirname(p.staged) }],
});

const variableOf = {
  etcd: "etcd_version",
  kubernetes: "kubernetes_version",
  containerd: "containerd_version",
  runc: "runc_version",
} as const satisfies Record<StagedComponent, keyof typeof versionVariables>;

export const staging = defineRole({
  name: "staging",
  folder: import.meta.dirname,
  description: "Puts the programs of the wanted versions beside those in use, before the first of them is changed.",
  vars: { ...programVariables, ...rollbackVariables, ...versionVariables },
  tasks: ({ vars, facts }) => {
    if (vars.rollback) return [];
    const binDir = vars.bin_dir;
    const programs = (Object.keys(stagedPrograms) as StagedComponent[]).flatMap((component) =>
      stagedPrograms[component].map((name) =>
        programIn(name, { version: vars[variableOf[component]], architecture: facts.architecture, binDir }),
      ),
    );
    return [
      unusedVersions("Remove versions that nothing uses any more", {
        binDir,
        wanted: programs.map(({ staged }) => path.dirname(staged)),
      }),
      ...programs.map((program) => stagedProgram(`Stage ${program.artifact}`, program)),
    ];
  },
});
