import { fail, passIf, type Control, type Kind } from "../control.ts";
import { find } from "../evidence/settings.ts";
import { setting, settings, type Head } from "../tests/settings.ts";
import { is, isSet, orAbsent, type Test } from "../tests/values.ts";

const component = "etcd" as const;
const remedy = "remove it from etcd_extra_config, and play site";
const head = (number: number, title: string, kind: Kind = "automated"): Head => [
  `2.${String(number)}`,
  title,
  kind,
  remedy,
];

/** A setting for clients or for peers: [flag, field]. */
const etcd = (
  number: number,
  title: string,
  test: Test,
  ...wanted: readonly (readonly [string, string])[]
): Control => {
  const [first = { component }, ...rest] = wanted.map(([flag, field]) => ({ component, flag, field }));
  return settings(head(number, title), "masters", [first, ...rest], test);
};

const client = "client-transport-security";
const peer = "peer-transport-security";

export const etcdControls: readonly Control[] = [
  etcd(
    1,
    "a certificate for its clients",
    isSet,
    ["cert-file", `${client}.cert-file`],
    ["key-file", `${client}.key-file`],
  ),
  etcd(2, "clients need a certificate", is("true"), ["client-cert-auth", `${client}.client-cert-auth`]),
  etcd(3, "no self-made certificate for clients", orAbsent(is("false")), ["auto-tls", `${client}.auto-tls`]),
  etcd(
    4,
    "a certificate for its peers",
    isSet,
    ["peer-cert-file", `${peer}.cert-file`],
    ["peer-key-file", `${peer}.key-file`],
  ),
  etcd(5, "peers need a certificate", is("true"), ["peer-client-cert-auth", `${peer}.client-cert-auth`]),
  etcd(6, "no self-made certificate for peers", orAbsent(is("false")), ["peer-auto-tls", `${peer}.auto-tls`]),
  setting(
    head(7, "etcd has a CA of its own", "manual"),
    "masters",
    { component, flag: "trusted-ca-file", field: `${client}.trusted-ca-file` },
    ({ value, shown }, host) => {
      const clients = find(host, { component: "kube-apiserver", flag: "client-ca-file" }).value ?? "";
      const certificates = (path = ""): readonly string[] => host.certificates.get(path) ?? [];
      const own = certificates(value);
      const shared = own.filter((one) => certificates(clients).includes(one));
      if (own.length === 0) return fail(`${shown}: it has no certificate`);
      return passIf(shared.length === 0, shared.length === 0 ? shown : `${shown}: ${clients} has the same CA`);
    },
  ),
];
