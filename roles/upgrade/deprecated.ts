import { defineResource, defineRole, queries, quote, TaskError, type Difference, type Query } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { extraFlags, flagWords, withExtraFlags, type Flags } from "#cluster/component-flags.ts";
import type { DeprecatedApi } from "#cluster/deprecated-apis.ts";
import { apiserversOf } from "#cluster/members.ts";
import { kubeconfigPath } from "#cluster/paths.ts";
import { deprecatedApis, type ClusterQuestion } from "#cluster/running-cluster.ts";
import { programIn } from "#cluster/staging.ts";
import { rollbackVariables } from "#cluster/upgrade/upgraded.ts";
import { clusterVariables, programVariables } from "#cluster/variables.ts";
import { minorsBetween } from "#cluster/version-rules.ts";

interface ApisProps extends ClusterQuestion {
  /** The version of Kubernetes after the upgrade. */
  readonly version: string;
}

const said = ({ api, removed }: DeprecatedApi, version: string): string => {
  if (removed === "") return `${api} is deprecated`;
  return minorsBetween(`${removed}.0`, version) >= 0
    ? `${api} does not exist any more in Kubernetes ${removed}, and this run brings ${version}: its clients will fail`
    : `${api} is deprecated, and Kubernetes ${removed} removes it`;
};

/** Names the deprecated APIs that clients have used. Never a change. */
export const deprecatedApisInUse = defineResource({
  kind: "deprecated APIs",
  label: ({ version }: ApisProps) => `up to ${version}`,
  needs: ({ kubeconfig, servers }) => ({ found: deprecatedApis({ kubeconfig, servers }) }),
  diff: (): Difference[] => [],
  warnings: ({ found }: { readonly found: readonly DeprecatedApi[] | undefined }, { version }) =>
    [...new Set((found ?? []).map((one) => said(one, version)))].map(
      (problem) =>
        `a client has used a deprecated API: ${problem}. The audit log has the annotation k8s.io/deprecated with the user of each such request`,
    ),
  apply: () => [],
  forecast: () => ({}),
});

interface FlagsProps {
  readonly programs: readonly {
    readonly name: string;
    readonly staged: string;
    readonly version: string;
    readonly flags: Flags;
  }[];
}

interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Nothing is said before the program is staged, as in check mode. */
const ask = (staged: string, flags: Flags): string =>
  `[ ! -x ${quote(staged)} ] || timeout 60 ${[staged, ...flagWords(flags), "--version"].map(quote).join(" ")} 2>&1`;

const deprecatedLines = ({ stdout }: Said): string[] =>
  [...stdout.matchAll(/^Flag (--[a-z0-9-]+) has been deprecated,? *(.*)$/gm)].map(
    ([, flag = "", why = ""]) => `${flag} is deprecated${why === "" ? "" : `: ${why}`}`,
  );

const lastWords = (text: string): string => text.trim().split("\n").slice(-3).join("; ");

/** Fails if a staged program does not know a flag that the user has set, and names those that are deprecated. */
export const flagsKnown = defineResource({
  kind: "flags",
  label: ({ programs }: FlagsProps) => programs.map(({ name }) => name).join(", "),
  needs: ({ programs }): Record<string, Query<Said>> =>
    Object.fromEntries(programs.map(({ name, staged, flags }) => [name, queries.answer(ask(staged, flags))])),
  diff: (now: Readonly<Record<string, Said>>, { programs }): Difference[] => {
    const refused = programs.flatMap(({ name, version }) => {
      const answer = now[name];
      return answer && answer.code !== 0 ? [`${name} ${version} refuses its flags: ${lastWords(answer.stdout)}`] : [];
    });
    if (refused.length > 0)
      throw new TaskError(
        `${refused.join("\n  ")}. Nothing was changed: correct the variable …_extra_flags of this program`,
      );
    return [];
  },
  warnings: (now, { programs }) =>
    programs.flatMap(({ name, version }) => {
      const answer = now[name];
      return answer ? deprecatedLines(answer).map((line) => `${name} ${version}: ${line}`) : [];
    }),
  apply: () => [],
  forecast: () => ({}),
});

const flagVariables = {
  kube_apiserver_extra_flags: extraFlags,
  kube_controller_manager_extra_flags: extraFlags,
  kube_scheduler_extra_flags: extraFlags,
};

export const deprecations = defineRole({
  name: "deprecations",
  folder: import.meta.dirname,
  description: "Names the deprecated APIs and flags that are in use, before an upgrade changes anything.",
  vars: {
    ...rollbackVariables,
    cluster_name: clusterVariables.cluster_name,
    kube_apiserver_port: clusterVariables.kube_apiserver_port,
    kubernetes_version: versionVariables.kubernetes_version,
  },
  tasks: ({ vars, inventory }) =>
    vars.rollback
      ? []
      : [
          deprecatedApisInUse("Look for deprecated APIs in use", {
            kubeconfig: kubeconfigPath(vars.cluster_name, "super-admin"),
            servers: apiserversOf(inventory, vars.kube_apiserver_port),
            version: vars.kubernetes_version,
          }).runOnce(),
        ],
});

export const stagedFlags = defineRole({
  name: "staged-flags",
  folder: import.meta.dirname,
  description: "Checks that the staged programs know the flags that the variables set.",
  vars: {
    ...programVariables,
    ...rollbackVariables,
    kubernetes_version: versionVariables.kubernetes_version,
    ...flagVariables,
  },
  tasks: ({ vars, host, facts }) => {
    if (vars.rollback || !host.groups.includes("masters")) return [];
    const set = [
      ["kube-apiserver", "kube_apiserver_extra_flags"],
      ["kube-controller-manager", "kube_controller_manager_extra_flags"],
      ["kube-scheduler", "kube_scheduler_extra_flags"],
    ] as const;
    const programs = set
      .filter(([, variable]) => Object.keys(vars[variable]).length > 0)
      .map(([name, variable]) => {
        const { staged, version } = programIn(name, {
          version: vars.kubernetes_version,
          architecture: facts.architecture,
          binDir: vars.bin_dir,
        });
        return { name, staged, version, flags: withExtraFlags({}, variable, vars[variable]) };
      });
    return programs.length === 0 ? [] : [flagsKnown("Check the flags of the staged programs", { programs })];
  },
});
