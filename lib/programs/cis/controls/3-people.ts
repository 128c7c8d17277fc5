import { askPerson, fail, passIf, type ClusterControl, type Control, type Judgement } from "../control.ts";
import { itemsOf, type ClusterEvidence, type ListName } from "../evidence/cluster.ts";
import { list, nameOf, text } from "../../reading/objects.ts";
import { auditLevel, levels, type Asked } from "../tests/audit.ts";
import { listed } from "../tests/values.ts";
import { headOf, setting } from "../tests/settings.ts";
import { unasked } from "../tests/objects.ts";

const component = "kube-apiserver" as const;
const people =
  "let people log in by OIDC (kube_apiserver_extra_flags), and keep certificates and tokens for machines and emergencies";

const byPerson = (number: string, title: string, judge: (cluster: ClusterEvidence) => Judgement): ClusterControl => ({
  ...headOf([number, title, "manual", people]),
  hosts: "cluster",
  judge,
});

const loginOf = ({ masters }: ClusterEvidence): string => {
  const flags = masters.flatMap(({ processes }) => [...(processes.get(component)?.keys() ?? [])]);
  const found = ["oidc-issuer-url", "authentication-config", "authentication-token-webhook-config-file"].filter(
    (name) => flags.includes(name),
  );
  return found.length > 0
    ? `other logins: --${found.join(", --")}`
    : "there is no other login than certificates and tokens";
};

/** None of a kind of Secret is an answer; some may be for machines. */
const secrets = (number: string, title: string, name: ListName, what: string): ClusterControl =>
  byPerson(number, title, (cluster) => {
    const found = itemsOf(cluster, name)?.[name];
    if (!found) return unasked;
    if (found.length === 0) return passIf(true, `no ${what}`);
    return askPerson(
      `${String(found.length)} ${what}: ${listed(found.map((one) => `${text(one, "metadata", "namespace")}/${nameOf(one)}`))}`,
    );
  });

const person: Asked = {
  user: "someone",
  groups: ["system:authenticated"],
  verb: "create",
  group: "",
  resource: "pods",
  namespace: "default",
};
/** The benchmark's concerns: Secrets and tokens without their bodies; changes of workloads; ways into pods. */
const concerns: readonly {
  readonly what: string;
  readonly asked: Partial<Asked>;
  readonly isRight: (level: string) => boolean;
}[] = [
  ...["secrets", "configmaps"].map((resource) => ({
    what: `reading ${resource}`,
    asked: { verb: "get", resource },
    isRight: (level: string) => level === "Metadata",
  })),
  {
    what: "reviews of tokens",
    asked: { group: "authentication.k8s.io", resource: "tokenreviews" },
    isRight: (level) => level === "Metadata",
  },
  ...[
    { resource: "pods" },
    { group: "apps", resource: "deployments", verb: "patch" },
    ...["pods/exec", "pods/portforward", "pods/proxy", "services/proxy"].map((resource) => ({ resource })),
  ].map((asked) => ({
    what: asked.resource,
    asked,
    isRight: (level: string) => levels.indexOf(level as (typeof levels)[number]) >= 1,
  })),
];

const policy = { component, flag: "audit-policy-file" };
const remedy = "remove audit-policy-file from kube_apiserver_extra_flags, and play site";

export const peopleAndLogs: readonly Control[] = [
  byPerson("3.1.1", "people have no client certificates", (cluster) => askPerson(loginOf(cluster))),
  secrets("3.1.2", "people have no tokens of service accounts", "tokens", "Secrets with such a token"),
  secrets("3.1.3", "people have no bootstrap tokens", "bootstrapTokens", "bootstrap tokens"),
  setting(["3.2.1", "there is an audit policy", "manual", remedy], "masters", policy, ({ value, shown }, host) =>
    passIf(value !== undefined && list(host.documents.get(value), "rules").length > 0, shown),
  ),
  setting(
    ["3.2.2", "the audit policy has what matters", "manual", remedy],
    "masters",
    policy,
    ({ value, shown }, { documents }) => {
      if (value === undefined) return fail(shown);
      const levelOf = (asked: Partial<Asked>) => auditLevel(documents.get(value), { ...person, ...asked });
      const wrong = concerns.filter(({ asked, isRight }) => !isRight(levelOf(asked)));
      return passIf(
        wrong.length === 0,
        wrong.length === 0
          ? `${value} logs each of ${String(concerns.length)} kinds of requests as it must`
          : `in ${value}: ${listed(wrong.map(({ what, asked }) => `${what} at level ${levelOf(asked)}`))}`,
      );
    },
  ),
];
