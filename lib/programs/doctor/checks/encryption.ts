import { storedObjects, type StoredObject } from "#cluster/encryption/stored.ts";
import { answer, defineCheck, type Finding } from "../check.ts";

export const encryption = defineCheck({
  name: "encryption",
  description: "etcd has everything encrypted that the variables name, by one key.",
  onHosts: ({ name }, { masters, vars }) =>
    name === masters[0]?.name && vars.encryption_at_rest
      ? Object.fromEntries(
          vars.encryption_resources.map((resource) => [
            resource,
            storedObjects({
              resource,
              etcdctl: `${vars.bin_dir}/etcdctl`,
              endpoint: `https://127.0.0.1:${String(vars.etcd_client_port)}`,
              // A host's checks wait for each other, and a member without a leader never answers.
              seconds: 10,
            }),
          ]),
        )
      : {},
  findings: ({ patients, vars }) =>
    patients.flatMap((patient) =>
      vars.encryption_resources.flatMap((resource): Finding[] => {
        const objects = answer<readonly StoredObject[]>(patient, resource) ?? [];
        const clear = objects.filter(({ by }) => by === "identity").length;
        const keys = [...new Set(objects.map(({ by }) => by).filter((by) => by !== "identity"))].sort();
        const finding = (problem: string): Finding => ({
          ...{ severity: "warning", subject: resource, problem },
          remedy: "play site, and then: npm run play encryption",
        });
        if (clear > 0) return [finding(`${String(clear)} of ${String(objects.length)} are not encrypted in etcd`)];
        return keys.length > 1 ? [finding(`they are encrypted in etcd by several keys: ${keys.join(", ")}`)] : [];
      }),
    ),
});
