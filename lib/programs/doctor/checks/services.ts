import { queries, type Host } from "kubeplay";
import { answer, defineCheck, type CheckContext, type Finding } from "../check.ts";
import { script } from "../../reading/script.ts";

const controlPlane = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

function unitsOf(host: Host, { vars, nodes }: CheckContext): readonly string[] {
  const isNode = nodes.some(({ name }) => name === host.name);
  return [
    "kube-nginx",
    ...(isNode ? ["containerd", "kubelet"] : []),
    ...(isNode && !vars.kube_proxy_replacement ? ["kube-proxy"] : []),
    ...(host.groups.includes("masters") ? controlPlane : []),
  ];
}

/** The services of the cluster on each host, and any other unit that has failed. */
export const services = defineCheck({
  name: "services",
  description: "Every component runs on every host, and no unit has failed.",
  onHosts: (host, context) => ({
    ...Object.fromEntries(unitsOf(host, context).map((name) => [name, queries.unit(name)])),
    failed: script("systemctl list-units --state=failed --no-legend --plain --no-pager | cut -d ' ' -f 1"),
  }),
  findings: (seen) =>
    seen.patients.flatMap((patient) => {
      const { host } = patient;
      const own = unitsOf(host, seen);
      const down = own.flatMap((name): Finding[] => {
        const unit = answer<queries.UnitState>(patient, name);
        if (!unit || (unit.active === "active" && unit.restarts === 0)) return [];
        const again = `it ended ${String(unit.restarts)} times within the last minute`;
        return [
          {
            severity: "error",
            subject: host.name,
            problem: unit.restarts > 0 ? `${name} does not stay up` : `${name} is ${stateOf(unit)}`,
            ...(unit.restarts > 0 && { cause: again }),
            remedy: `journalctl -u ${name} on ${host.name} shows why; site starts it again`,
          },
        ];
      });
      const others = (answer<string>(patient, "failed") ?? "")
        .split("\n")
        .filter((unit) => unit !== "" && !own.includes(unit.replace(/\.service$/, "")))
        .map((unit): Finding => ({
          severity: "warning",
          subject: host.name,
          problem: `the unit ${unit} has failed`,
          remedy: `systemctl status ${unit} on ${host.name} shows why; systemctl reset-failed ${unit} once it is settled`,
        }));
      return [...down, ...others];
    }),
});

const stateOf = ({ load, active }: queries.UnitState): string => (load === "not-found" ? "not installed" : active);
