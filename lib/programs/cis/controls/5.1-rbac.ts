import { askPerson, fail, pass, passIf, type Control } from "../control.ts";
import { at, fullName, list, nameOf, text } from "../../reading/objects.ts";
import { listed } from "../tests/values.ts";
import { byObjects } from "../tests/objects.ts";
import { administrators, isBuiltIn, judgeHolders, rbacLists, subjectsOf, wordsOf, type Right } from "../tests/rbac.ts";

const namespaceOf = (object: unknown): string => text(object, "metadata", "namespace");
const bindings = ["clusterRoleBindings", "roleBindings"] as const;

/** Who has a right. */
const rights = (number: string, title: string, ...wanted: readonly Right[]): Control =>
  byObjects(
    [number, title, "manual", "take the right from the bindings named, or answer why their subjects need it"],
    rbacLists,
    (rbac) => judgeHolders(number, rbac, wanted),
  );

const core = (resource: string, ...verbs: readonly string[]): Right => ({ group: "", resources: [resource], verbs });
const rbacGroup = "rbac.authorization.k8s.io";

/** Whether a pod gets a token of its service account. */
function mountsToken(pod: unknown, accounts: ReadonlyMap<string, unknown>): boolean {
  const own = at(pod, "spec", "automountServiceAccountToken");
  return typeof own === "boolean" ? own : at(accounts.get(accountOf(pod)), "automountServiceAccountToken") !== false;
}
const accountOf = (pod: unknown): string =>
  `${namespaceOf(pod)}/${text(pod, "spec", "serviceAccountName") || "default"}`;

export const rbac: readonly Control[] = [
  byObjects(
    ["5.1.1", "cluster-admin is for administrators only", "manual", "bind a smaller ClusterRole"],
    bindings,
    ({ clusterRoleBindings, roleBindings }) => {
      const admins = [...clusterRoleBindings, ...roleBindings].filter(
        (one) => text(one, "roleRef", "name") === "cluster-admin",
      );
      const others = admins.filter(
        (one) =>
          !subjectsOf(one).every(
            (subject) => subject === administrators || (isBuiltIn(one) && subject === "Group system:masters"),
          ),
      );
      return passIf(
        others.length === 0,
        listed((others.length > 0 ? others : admins).map((one) => `${nameOf(one)}: ${subjectsOf(one).join(", ")}`)),
      );
    },
  ),
  rights("5.1.2", "few may read Secrets", core("secrets", "get", "list", "watch")),
  byObjects(
    ["5.1.3", "roles have no wildcards", "manual", "name verbs and resources in the roles"],
    ["roles", "clusterRoles"],
    ({ roles, clusterRoles }) => {
      const wild = (rule: unknown): number =>
        ["apiGroups", "resources", "verbs"].filter((name) => wordsOf(rule, name).includes("*")).length;
      const some = (least: number): readonly string[] =>
        [...roles, ...clusterRoles]
          .filter((role) => !isBuiltIn(role) && list(role, "rules").some((rule) => wild(rule) >= least))
          .map((role) => (namespaceOf(role) === "" ? nameOf(role) : fullName(role)));
      if (some(3).length > 0) return fail(`everything: ${listed(some(3))}`);
      return some(1).length > 0 ? askPerson(listed(some(1))) : pass("none but Kubernetes' own roles");
    },
  ),
  rights("5.1.4", "few may create pods", core("pods", "create")),
  byObjects(
    [
      "5.1.5",
      "default service accounts are not used",
      "manual",
      "set automountServiceAccountToken: false in the default service accounts, and give pods that need rights one of their own",
    ],
    ["serviceAccounts", ...bindings],
    ({ serviceAccounts, clusterRoleBindings, roleBindings }) => {
      const mounted = serviceAccounts
        .filter((one) => nameOf(one) === "default" && at(one, "automountServiceAccountToken") !== false)
        .map(namespaceOf);
      const bound = [...clusterRoleBindings, ...roleBindings].filter((one) =>
        subjectsOf(one).some((subject) => /^ServiceAccount [^/]*\/default$/.test(subject)),
      );
      const found = [
        ...(mounted.length > 0 ? [`tokens are mounted in ${listed(mounted)}`] : []),
        ...(bound.length > 0 ? [`rights by ${listed(bound.map(nameOf))}`] : []),
      ];
      return passIf(found.length === 0, found.length === 0 ? "neither tokens nor rights" : found.join("; "));
    },
  ),
  byObjects(
    [
      "5.1.6",
      "only pods that need a token have one",
      "manual",
      "set automountServiceAccountToken: false in the pods named, whose service accounts have no rights",
    ],
    ["pods", "serviceAccounts", ...bindings],
    ({ pods, serviceAccounts, clusterRoleBindings, roleBindings }) => {
      const accounts = new Map(serviceAccounts.map((one) => [fullName(one), one]));
      const bound = new Set([...clusterRoleBindings, ...roleBindings].flatMap(subjectsOf));
      const wrong = pods.filter((pod) => mountsToken(pod, accounts) && !bound.has(`ServiceAccount ${accountOf(pod)}`));
      return passIf(
        wrong.length === 0,
        wrong.length === 0 ? "each pod with a token has rights of its own" : listed(wrong.map(fullName)),
      );
    },
  ),
  byObjects(
    ["5.1.7", "nobody uses system:masters", "manual", "keep super-admin.kubeconfig for emergencies and plays"],
    bindings,
    ({ clusterRoleBindings, roleBindings }, { adminFiles }) => {
      const others = [...clusterRoleBindings, ...roleBindings].filter(
        (one) => !isBuiltIn(one) && subjectsOf(one).includes("Group system:masters"),
      );
      if (others.length > 0) return fail(listed(others.map(nameOf)));
      const file = adminFiles.find(({ path }) => path.endsWith("super-admin.kubeconfig"));
      return askPerson(file ? `the controller's ${file.path} is of this group` : "no binding but Kubernetes' own");
    },
  ),
  rights(
    "5.1.8",
    "few may bind, escalate or impersonate",
    { group: rbacGroup, resources: ["roles", "clusterroles"], verbs: ["bind", "escalate"] },
    { group: "", resources: ["users", "groups", "serviceaccounts"], verbs: ["impersonate"] },
  ),
  rights("5.1.9", "few may create PersistentVolumes", core("persistentvolumes", "create")),
  rights(
    "5.1.10",
    "few reach kubelets through the API",
    core("nodes/proxy", "get", "create", "update", "patch", "delete"),
  ),
  rights("5.1.11", "few approve certificates", {
    group: "certificates.k8s.io",
    resources: ["certificatesigningrequests/approval"],
    verbs: ["update", "patch"],
  }),
  rights("5.1.12", "few change webhooks", {
    group: "admissionregistration.k8s.io",
    resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
    verbs: ["create", "update", "patch", "delete"],
  }),
  rights("5.1.13", "few create tokens of service accounts", core("serviceaccounts/token", "create")),
];
