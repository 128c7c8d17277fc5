import { askPerson, fail, pass, passIf, type Control } from "../control.ts";
import { fullName } from "../../reading/objects.ts";
import { listed } from "../tests/values.ts";
import { byObjects } from "../tests/objects.ts";
import { isLess, podSecurityOf, type Level } from "../tests/pod-security.ts";
import { uses, type Use } from "../tests/pods.ts";

const remedy =
  "pod_security_enforce: baseline, and play site; or label namespaces with pod-security.kubernetes.io/enforce";

/** The system's own pods need their host. */
const system = ["kube-system"];

/** Pods that use something are admitted unless a namespace enforces this level. */
const restriction = (number: number, what: string, level: Level, use: Use): Control =>
  byObjects(
    [`5.2.${String(number)}`, `few namespaces admit ${what}`, "manual", remedy],
    ["namespaces", "pods"],
    ({ namespaces, pods }, cluster) => {
      const { byDefault, namespaces: all } = podSecurityOf(cluster, namespaces);
      const open = all.filter((one) => isLess(one.level, level) && !system.includes(one.name));
      const using = pods.filter(uses[use]).map(fullName);
      const used = using.length > 0 ? `; pods that use it: ${listed(using)}` : "";
      // New namespaces have the default.
      const isOpen = isLess(byDefault, level);
      const admitting = [...(isOpen ? ["new namespaces"] : []), ...open.map(({ name }) => name)];
      if (admitting.length === 0) return pass(`refused but in ${system.join(", ")}${used}`);
      return (isOpen && level === "baseline" ? fail : askPerson)(`admitted in ${listed(admitting)}${used}`);
    },
  );

export const podSecurity: readonly Control[] = [
  byObjects(
    ["5.2.1", "something restricts pods", "manual", remedy],
    ["namespaces", "policyBindings"],
    ({ namespaces, policyBindings }, cluster) => {
      const { byDefault, namespaces: all } = podSecurityOf(cluster, namespaces);
      const without = all.filter(({ level, name }) => level === "privileged" && !system.includes(name));
      return passIf(
        !isLess(byDefault, "baseline") || (without.length === 0 && all.length > 0),
        `Pod Security: ${byDefault} by default, ${String(without.length)} of ${String(all.length)} namespaces privileged; ${String(policyBindings.length)} policies`,
      );
    },
  ),
  restriction(2, "privileged containers", "baseline", "privileged"),
  restriction(3, "the host's processes", "baseline", "hostPid"),
  restriction(4, "the host's IPC", "baseline", "hostIpc"),
  restriction(5, "the host's network", "baseline", "hostNetwork"),
  restriction(6, "the escalation of privileges", "restricted", "escalation"),
  restriction(7, "root", "restricted", "root"),
  restriction(8, "NET_RAW", "restricted", "netRaw"),
  restriction(9, "added capabilities", "restricted", "added"),
  restriction(10, "Windows' HostProcess", "baseline", "hostProcess"),
  restriction(11, "the host's folders", "baseline", "hostPath"),
  restriction(12, "the host's ports", "baseline", "hostPort"),
];
