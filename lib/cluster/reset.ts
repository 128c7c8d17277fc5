import { Type } from "typebox";
import { type Host, InputError, type Inventory } from "kubeplay";

/** What the playbook `reset` is given. */
export const resetVariables = {
  reset: Type.String({
    default: "",
    description: "The hosts that the playbook reset brings back to how they were, separated by commas; only with -e.",
  }),
  reset_cluster: Type.String({
    default: "",
    description:
      "The name of the cluster, to confirm that the playbook reset ends it: no master stays, or none of the others answers. Only with -e.",
  }),
};

/** What may stay on a host that is reset. */
export const keptByReset = {
  reset_keep_logs: Type.Boolean({
    default: false,
    description: "Whether the playbook reset keeps the logs of pods, of the API's audit and of the addon logging.",
  }),
  reset_keep_volumes: Type.Boolean({
    default: false,
    description: "Whether the playbook reset keeps the volumes on nodes, of addons and of your own claims.",
  }),
  reset_keep_snapshots: Type.Boolean({
    default: false,
    description: "Whether the playbook reset keeps the snapshots of etcd on masters.",
  }),
};

/** The hosts to reset, in the order of the inventory. Throws InputError if the run names none, or an unknown one. */
export function resetHosts(inventory: Inventory): readonly Host[] {
  const given = inventory.assignments("localhost").findLast(({ name }) => name === "reset")?.value;
  const names = typeof given === "string" ? given.split(",").flatMap((name) => name.trim() || []) : [];
  const hosts = inventory.hosts.filter(({ name }) => name !== "localhost");
  const all = hosts.map(({ name }) => name).join(", ");
  if (names.length === 0) {
    const message = `which hosts are to be as before? Expected their names: npm run play -- -e reset=worker-3 reset. The inventory has ${all}`;
    throw new InputError([{ message }]);
  }
  const unknown = names.filter((name) => hosts.every((host) => host.name !== name));
  if (unknown.length > 0)
    throw new InputError(
      unknown.map((name) => ({ message: `reset names "${name}", expected a host of the inventory: ${all}` })),
    );
  return hosts.filter(({ name }) => names.includes(name));
}

/** The masters that are not reset. */
export function mastersThatStay(inventory: Inventory): readonly Host[] {
  const gone = resetHosts(inventory).map(({ name }) => name);
  return inventory.group("masters").filter(({ name }) => !gone.includes(name));
}
