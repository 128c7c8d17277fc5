import { list, text } from "../../reading/objects.ts";

/** A request that an audit policy judges. */
export interface Asked {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly group: string;
  /** "pods", "pods/exec" */
  readonly resource: string;
  readonly namespace: string;
}

const words = (rule: unknown, name: string): readonly string[] => list(rule, name).map(String);
const allows = (names: readonly string[], name: string): boolean => names.length === 0 || names.includes(name);

/** "pods" is not its subresources, "pods/*" is each of them, "*" is all. */
const isResource = (pattern: string, resource: string): boolean =>
  pattern === "*" ||
  pattern === resource ||
  (pattern.endsWith("/*") && resource.startsWith(pattern.slice(0, -1))) ||
  (pattern.startsWith("*/") && resource.endsWith(pattern.slice(1)));

function fits(rule: unknown, asked: Asked): boolean {
  const groups = words(rule, "userGroups");
  const resources = list(rule, "resources");
  // A rule for other URLs than resources.
  if (words(rule, "nonResourceURLs").length > 0 && resources.length === 0) return false;
  return (
    allows(words(rule, "users"), asked.user) &&
    (groups.length === 0 || asked.groups.some((group) => groups.includes(group))) &&
    allows(words(rule, "verbs"), asked.verb) &&
    allows(words(rule, "namespaces"), asked.namespace) &&
    (resources.length === 0 ||
      resources.some((one) => {
        const patterns = words(one, "resources");
        // A rule with names of objects does not hold for others.
        const isForAll = words(one, "resourceNames").length === 0;
        const isOfGroup = text(one, "group") === asked.group;
        return (
          isForAll &&
          isOfGroup &&
          (patterns.length === 0 || patterns.some((pattern) => isResource(pattern, asked.resource)))
        );
      }))
  );
}

export const levels = ["None", "Metadata", "Request", "RequestResponse"] as const;

/** The level of the first rule that fits, as kube-apiserver chooses it: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */
export const auditLevel = (policy: unknown, asked: Asked): string =>
  text(
    list(policy, "rules").find((rule) => fits(rule, asked)),
    "level",
  ) || "None";
