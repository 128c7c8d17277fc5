import { askPerson, fail, pass, type Judgement } from "../control.ts";
import { at, list, nameOf, text } from "../../reading/objects.ts";
import { listed } from "./values.ts";

/** A right: one of these verbs on one of these resources ("secrets", "nodes/proxy") of an API group. */
export interface Right {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The lists of the API that say who may do what. */
export const rbacLists = ["clusterRoles", "roles", "clusterRoleBindings", "roleBindings"] as const;
export type Rbac = Readonly<Record<(typeof rbacLists)[number], readonly unknown[]>>;

/** A subject that has a right, and the binding by which. */
export interface Holder {
  /** "Group system:masters", "ServiceAccount kube-system/coredns" */
  readonly subject: string;
  readonly binding: unknown;
}

const builtInNames = ["cluster-admin", "admin", "edit", "view"];
/** Kubernetes makes these itself. It adds what they lack at each start, but takes nothing away. */
export const isBuiltIn = (object: unknown): boolean =>
  at(object, "metadata", "labels", "kubernetes.io/bootstrapping") === "rbac-defaults" &&
  (builtInNames.includes(nameOf(object)) || nameOf(object).startsWith("system:"));

/** Whether a subject is one of those that Kubernetes' own bindings are for. */
const isSystem = (subject: string): boolean => /^(Group|User) system:|^ServiceAccount kube-system\//.test(subject);

export const wordsOf = (rule: unknown, name: string): readonly string[] => list(rule, name).map(String);
const hasOne = (given: readonly string[], wanted: readonly string[]): boolean =>
  given.includes("*") || wanted.some((one) => given.includes(one));

/** A rule for objects by name gives the right for these alone, which is the least that it can. */
const gives = (rule: unknown, { group, resources, verbs }: Right): boolean =>
  wordsOf(rule, "resourceNames").length === 0 &&
  hasOne(wordsOf(rule, "apiGroups"), [group]) &&
  hasOne(wordsOf(rule, "resources"), [
    ...resources,
    ...resources.flatMap((one) => /\/.*/.exec(one)?.map((sub) => `*${sub}`) ?? []),
  ]) &&
  hasOne(wordsOf(rule, "verbs"), verbs);

export function subjectsOf(binding: unknown): readonly string[] {
  return list(binding, "subjects").map((subject) => {
    const kind = text(subject, "kind");
    // A role binding may leave out its own namespace.
    const namespace = text(subject, "namespace") || text(binding, "metadata", "namespace");
    return kind === "ServiceAccount"
      ? `${kind} ${namespace}/${nameOf({ metadata: subject })}`
      : `${kind} ${text(subject, "name")}`;
  });
}

/** Everybody who has a right, in the whole cluster or in a namespace. */
export function holdersOf(
  { clusterRoles, roles, clusterRoleBindings, roleBindings }: Rbac,
  right: Right,
): readonly Holder[] {
  const keyOf = (kind: string, namespace: string, name: string): string => [kind, namespace, name].join("\0");
  const giving = new Set(
    [...clusterRoles.map((role) => ({ role, kind: "ClusterRole" })), ...roles.map((role) => ({ role, kind: "Role" }))]
      .filter(({ role }) => list(role, "rules").some((rule) => gives(rule, right)))
      .map(({ role, kind }) => keyOf(kind, text(role, "metadata", "namespace"), nameOf(role))),
  );
  return [...clusterRoleBindings, ...roleBindings].flatMap((binding) => {
    const kind = text(binding, "roleRef", "kind");
    const namespace = kind === "Role" ? text(binding, "metadata", "namespace") : "";
    if (!giving.has(keyOf(kind, namespace, text(binding, "roleRef", "name")))) return [];
    return subjectsOf(binding).map((subject) => ({ subject, binding }));
  });
}

/** Everybody, or every program in a pod. */
const everybody = [
  "Group system:authenticated",
  "Group system:unauthenticated",
  "Group system:serviceaccounts",
  "User system:anonymous",
];

/** Subjects that kubeplay gives rights to, by controls: docs/operations/cis.md has the reasons. */
const provisioner = "ServiceAccount local-path-storage/local-path-provisioner";
const own: Readonly<Record<string, readonly string[]>> = {
  "5.1.4": [provisioner],
  "5.1.9": [provisioner],
  "5.1.10": ["User kube-apiserver-kubelet-client"],
  "5.1.11": ["User kubeplay:kubelet-csr-approver"],
};
export const administrators = "Group kubeadm:cluster-admins";
const isOwn = ({ subject, binding }: Holder, control: string): boolean =>
  (isBuiltIn(binding) && isSystem(subject)) || subject === administrators || (own[control] ?? []).includes(subject);

/** Passes if only Kubernetes, kubeplay and programs in kube-system have a right; fails if everybody has it. */
export function judgeHolders(control: string, rbac: Rbac, rights: readonly Right[]): Judgement {
  const holders = rights.flatMap((right) => holdersOf(rbac, right));
  const shown = (some: readonly Holder[]): string =>
    listed([...new Set(some.map(({ subject, binding }) => `${subject} (${nameOf(binding)})`))]);
  const open = holders.filter(({ subject }) => everybody.includes(subject));
  if (open.length > 0) return fail(shown(open));
  const others = holders.filter((holder) => !isOwn(holder, control));
  if (others.length > 0) return askPerson(shown(others));
  return pass(
    `none but Kubernetes, administrators and kubeplay: ${String(new Set(holders.map(({ subject }) => subject)).size)} subjects`,
  );
}
