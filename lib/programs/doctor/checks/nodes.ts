import { defineCheck, type Finding } from "../check.ts";
import { at, condition, list, nameOf } from "../../reading/objects.ts";

const path = "/api/v1/nodes";
const pressures = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

const conditionsOf = (node: unknown): Finding[] => {
  const subject = `node ${nameOf(node)}`;
  const ready = condition(node, "Ready");
  const notReady: Finding[] =
    ready.status === "True"
      ? []
      : [
          {
            severity: "error",
            subject,
            problem: `it is not Ready (${ready.reason || "it has never reported"})`,
            ...(ready.message !== "" && { cause: ready.message }),
            remedy: "check that the host is up; journalctl -u kubelet -u containerd there shows why",
          },
        ];
  const pressed = pressures.flatMap((type): Finding[] => {
    const { status, message } = condition(node, type);
    if (status !== "True") return [];
    return [
      {
        severity: "error",
        subject,
        problem: `it has ${type}`,
        cause: message,
        remedy: "free what it lacks, or give it more: it takes no pods until then, and may evict some",
      },
    ];
  });
  const cordoned: Finding[] =
    at(node, "spec", "unschedulable") === true
      ? [
          {
            severity: "note",
            subject,
            problem: "it is cordoned: it takes no new pods",
            remedy: `npm run kubectl -- uncordon ${nameOf(node)}, once its maintenance is over`,
          },
        ]
      : [];
  return [...notReady, ...pressed, ...cordoned];
};

export const nodes = defineCheck({
  name: "nodes",
  description: "The nodes are those of the inventory, and all are Ready.",
  fromApi: [path],
  findings: ({ api, nodes: wanted }) => {
    if (api(path) === undefined) return [];
    const all = list(api(path), "items");
    const names = all.map(nameOf);
    const missing = wanted
      .filter(({ name }) => !names.includes(name))
      .map(({ name }): Finding => ({
        severity: "error",
        subject: name,
        problem: "it is in the inventory, but it is no node of the cluster",
        remedy: "site brings it in; if it is gone for good: npm run play -- -e remove=NAME remove",
      }));
    const strangers = names
      .filter((name) => !wanted.some((host) => host.name === name))
      .map((name): Finding => ({
        severity: "warning",
        subject: `node ${name}`,
        problem: "the inventory does not have it: pods run there, but nothing updates it",
        remedy: "put it into the inventory, or take it out: npm run play -- -e remove=NAME remove",
      }));
    return [...missing, ...strangers, ...all.flatMap(conditionsOf)];
  },
});
