import { readFileSync } from "node:fs";
import path from "node:path";
import { command, defineResource, defineRole, prop, queries, quote, type Task } from "kubeplay";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { recordedFile, recordFolder } from "#cluster/undo/record.ts";
import { modules, parameters } from "./parameters.ts";

const script = (name: string): string => readFileSync(path.join(import.meta.dirname, "files", name), "utf8");

/** Signs of an earlier kubeplay, which kept no record: it is too late for one. */
const signs = ["/etc/kube-nginx/nginx.conf", "/etc/sysctl.d/90-kubernetes.conf"];

/** A record of the host, made once, before kubeplay changes it. */
export const record = defineResource({
  kind: "record of a host",
  props: { folder: prop.text },
  label: ({ folder }: { readonly folder: string }) => folder,
  needs: ({ folder }) => ({
    record: queries.path(folder),
    ...Object.fromEntries(signs.map((sign) => [sign, queries.path(sign)])),
  }),
  diff: (now: Readonly<Record<string, queries.PathState>>) =>
    Object.values(now).every(({ type }) => type === "absent")
      ? [{ what: "record", before: "absent", after: "present" }]
      : [],
  apply: (_found, _now, { folder }) => [
    `folder=${quote(folder)} parameters=${quote(parameters.join("|"))}\n${script("record.sh")}`,
  ],
  forecast: (now) => ({ ...now, record: { type: "other" as const } }),
  effects: ({ folder }) => [{ below: folder }],
  makesOnlyItself: true,
});

const restoreParameters = (container: boolean): Task => {
  const run = (check: string): string =>
    `record=${recordedFile("sysctl")} of=${container ? "net/" : ""} check=${check}\n${script("parameters.sh")}`;
  return command("Give kernel parameters their former values", { run: run(""), unless: run("yes") });
};

/** In use, a module stays until the next boot. */
const unloadModules = (): Task => {
  const loaded = `for module in ${modules.join(" ")}; do
  [ -f ${recordedFile("modules")} ] && grep -q "^$module " /proc/modules && ! grep -qx "$module" ${recordedFile("modules")} || continue`;
  return command("Unload the kernel modules that it did not have", {
    run: `${loaded}\n  modprobe -r -- "$module" || echo "$module is in use, and stays until the next boot" >&2\ndone`,
    unless: `! { ${loaded}\n  echo "$module"\ndone; } | grep -q .`,
  });
};

export const baseline = defineRole({
  name: "baseline",
  folder: import.meta.dirname,
  description: "Records what a host has before kubeplay changes it, so that the playbook reset can bring it back.",
  vars: {},
  tasks: () => [record("Record the host as it is", { folder: recordFolder })],
  undo: ({ facts }) => [
    restoreParameters(facts.container),
    ...(facts.container ? [] : [unloadModules()]),
    // Last: until then, an interrupted run needs the record. Snapshots and jobs of others stay.
    noLeftovers("Remove kubeplay's own files", {
      folder: "/var/lib/kubeplay",
      names: ["before", "before.new", "apt-updated", "debian", "digests", "jobs", "pending-handlers*"],
    }),
  ],
});
