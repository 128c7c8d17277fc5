import { at, list, number, text } from "../../reading/objects.ts";

export const containersOf = (pod: unknown): readonly unknown[] =>
  ["containers", "initContainers", "ephemeralContainers"].flatMap((name) => list(pod, "spec", name));

/** A field of a container's security context, or else of the pod's. */
export const contextOf = (pod: unknown, container: unknown, ...path: readonly string[]): unknown =>
  at(container, "securityContext", ...path) ?? at(pod, "spec", "securityContext", ...path);

const any = (pod: unknown, test: (container: unknown) => boolean): boolean => containersOf(pod).some(test);
const capabilities = (container: unknown, name: "add" | "drop"): readonly unknown[] =>
  list(container, "securityContext", "capabilities", name);

/** What pods may use of their host, each with its test. */
export const uses = {
  privileged: (pod: unknown) => any(pod, (one) => at(one, "securityContext", "privileged") === true),
  hostPid: (pod: unknown) => at(pod, "spec", "hostPID") === true,
  hostIpc: (pod: unknown) => at(pod, "spec", "hostIPC") === true,
  hostNetwork: (pod: unknown) => at(pod, "spec", "hostNetwork") === true,
  escalation: (pod: unknown) => any(pod, (one) => at(one, "securityContext", "allowPrivilegeEscalation") !== false),
  /** The image may still name another user: nobody else but its author knows. */
  root: (pod: unknown) =>
    any(
      pod,
      (one) => contextOf(pod, one, "runAsNonRoot") !== true && Number(contextOf(pod, one, "runAsUser") ?? 0) === 0,
    ),
  netRaw: (pod: unknown) =>
    any(
      pod,
      (one) =>
        !capabilities(one, "drop").some((name) => name === "ALL" || name === "NET_RAW") ||
        capabilities(one, "add").some((name) => name === "ALL" || name === "NET_RAW"),
    ),
  added: (pod: unknown) => any(pod, (one) => capabilities(one, "add").length > 0),
  hostProcess: (pod: unknown) => any(pod, (one) => contextOf(pod, one, "windowsOptions", "hostProcess") === true),
  hostPath: (pod: unknown) => list(pod, "spec", "volumes").some((volume) => at(volume, "hostPath") !== undefined),
  hostPort: (pod: unknown) => any(pod, (one) => list(one, "ports").some((port) => number(port, "hostPort") > 0)),
  secretInEnvironment: (pod: unknown) =>
    any(
      pod,
      (one) =>
        list(one, "env").some((entry) => at(entry, "valueFrom", "secretKeyRef") !== undefined) ||
        list(one, "envFrom").some((entry) => at(entry, "secretRef") !== undefined),
    ),
  unconfined: (pod: unknown) => any(pod, (one) => text(contextOf(pod, one, "seccompProfile"), "type") === "Unconfined"),
  noSeccomp: (pod: unknown) => any(pod, (one) => text(contextOf(pod, one, "seccompProfile"), "type") === ""),
  noContext: (pod: unknown) =>
    any(pod, (one) => Object.keys(at(one, "securityContext") ?? at(pod, "spec", "securityContext") ?? {}).length === 0),
} as const;
export type Use = keyof typeof uses;
