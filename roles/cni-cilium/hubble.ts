import { certificate, keyPathOf } from "kubeplay";
import type { Algorithm } from "#engine/pki/algorithm.ts";
import { texts } from "#cluster/addon/texts.ts";
import { pkiPath } from "#cluster/paths.ts";
import { isToRenew } from "#cluster/renewal.ts";
import type { HubbleTexts } from "./values.ts";

interface Vars {
  readonly cluster_name: string;
  readonly pki_algorithm: Algorithm;
  readonly pki_ca_days: number;
  readonly pki_leaf_days: number;
  readonly pki_renew_before_days: number;
  readonly pki_warn_before_days: number;
  readonly renew: string;
}

/** A separate CA: a certificate of the cluster's CA must not give access to the cluster's traffic. */
export function hubbleCertificates(vars: Vars) {
  const at = (name: string): string => `${pkiPath(vars.cluster_name, "hubble", name)}.crt`;
  const key = (name: string): string => keyPathOf(at(name));
  const algorithm = vars.pki_algorithm;
  const leaf = (file: string) => ({
    path: at(file),
    ca: at("ca"),
    algorithm,
    days: vars.pki_leaf_days,
    renewBeforeDays: vars.pki_renew_before_days,
    warnBeforeDays: vars.pki_warn_before_days,
    renew: isToRenew(vars.renew, `hubble/${file}`),
  });
  // The names with which agents and the relay identify themselves.
  const name = (of: string): string => `*.${of}.cilium.io`;
  const agents = name(`${vars.cluster_name}.hubble-grpc`);
  const tasks = [
    certificate("Issue Hubble's CA", {
      path: at("ca"),
      profile: "ca",
      commonName: "hubble-ca",
      algorithm,
      days: vars.pki_ca_days,
    }),
    certificate("Issue the agents' certificate", {
      ...leaf("server"),
      profile: "peer",
      commonName: agents,
      dns: [agents],
    }),
    certificate("Issue the relay's certificate", {
      ...leaf("relay"),
      profile: "client",
      commonName: name("hubble-relay"),
      dns: [name("hubble-relay")],
    }),
  ];
  const pem = texts("Read Hubble's certificates", {
    files: {
      authority: at("ca"),
      server: at("server"),
      serverKey: key("server"),
      client: at("relay"),
      clientKey: key("relay"),
    },
  });
  const found = pem.output.map(
    ({ authority = "", server = "", serverKey = "", client = "", clientKey = "" }): HubbleTexts => ({
      authority,
      server,
      serverKey,
      client,
      clientKey,
    }),
  );
  return { tasks: [...tasks, pem], found };
}
