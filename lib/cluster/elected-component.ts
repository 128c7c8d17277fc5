import {
  binary,
  block,
  directory,
  flushHandlers,
  restart,
  rollingHandler,
  service,
  unit,
  wait,
  type Item,
  type RoleContext,
  type Task,
  type Values,
} from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { execArguments, flagCheck, type Flags } from "./component-flags.ts";
import { listenerOf } from "./control-plane.ts";
import { copyCertificate, copyPublic, copySecret } from "./copied-files.ts";
import { steadyFor } from "./gates.ts";
import { goVariables } from "./go-processors.ts";
import { leaderElectionVariables } from "./leader-election.ts";
import { caBundle, kubeconfigPath, pkiPath, trustBundle, type UserName } from "./paths.ts";
import { clusterVariables, patienceVariables, programVariables } from "./variables.ts";
import { programIn } from "./staging.ts";
import { noFiles, noUnit } from "./undo/programs.ts";

/** The folder on a master for the certificates of its components. */
export const hostPki = "/etc/kubernetes/pki";

/** Where the component of a user of the API reads its kubeconfig on a master. */
export const hostKubeconfig = (user: UserName): string => `/etc/kubernetes/${user}.kubeconfig`;

export const electedVariables = {
  ...clusterVariables,
  ...programVariables,
  ...goVariables,
  ...leaderElectionVariables,
  kubernetes_version: versionVariables.kubernetes_version,
  component_patience: patienceVariables.component_patience,
};

export interface ElectedComponent {
  /** The name of its program, its unit, its certificate and the unit's template. */
  readonly name: string;
  readonly user: UserName;
  readonly bindAddress: string;
  readonly port: number;
  readonly flags: Flags;
  /** Tasks that copy secrets only this component has. */
  readonly secrets?: readonly Task[];
  /** Tasks that write its configuration. */
  readonly configuration?: readonly Task[];
}

/**
 * The tasks for a component that runs on every master and elects a leader: kube-controller-manager, kube-scheduler. It
 * is restarted on one master at a time if any of its files changes.
 */
export function electedComponent(
  { vars, host, facts }: RoleContext<Values<typeof electedVariables>>,
  { name, user, bindAddress, port, flags, secrets = [], configuration = [] }: ElectedComponent,
): readonly Item[] {
  const url = `https://${listenerOf(bindAddress)}:${String(port)}/healthz`;
  const answers = {
    what: `${name} is healthy`,
    until: `curl -fsS --max-time 15 -o /dev/null --cacert ${hostPki}/ca-bundle.crt ${url}`,
    units: [name],
    timeout: vars.component_patience,
  };
  const again = rollingHandler(
    `Restart ${name}, master by master`,
    restart(`Restart ${name}`, { name }),
    wait("Wait until it is healthy and stays up", { ...answers, steady: steadyFor }),
  );
  const program = `${vars.bin_dir}/${name}`;
  const issued = (...names: string[]) => pkiPath(vars.cluster_name, ...names);
  const configured = block(
    `Configure and start ${name}`,
    binary(
      `Install ${name}`,
      programIn(name, {
        version: vars.kubernetes_version,
        architecture: facts.architecture,
        binDir: vars.bin_dir,
      }),
    ).notify(again),
    directory("Make the certificates' directory", { path: hostPki, mode: 0o755 }),
    ...[
      copyPublic("ca-bundle.crt", caBundle(vars.cluster_name), `${hostPki}/ca-bundle.crt`),
      copyPublic(
        "front-proxy-ca.crt",
        trustBundle(vars.cluster_name, "front-proxy-ca"),
        `${hostPki}/front-proxy-ca.crt`,
      ),
      ...secrets,
      ...copyCertificate("serving", issued(host.name, name), `${hostPki}/${name}`),
      copySecret("its kubeconfig", kubeconfigPath(vars.cluster_name, user), hostKubeconfig(user)),
      ...configuration,
      unit("Write its unit", {
        name: `${name}.service`,
        mode: 0o600,
        src: `${name}.service.hbs`,
        values: { binDir: vars.bin_dir, processors: vars.go_processors, arguments: execArguments(flags) },
        validate: flagCheck(program, flags),
      }),
    ].map((task) => task.notify(again)),
    service("Start it now and at boot", { name, enabled: true, state: "started" }),
    flushHandlers(),
  ).inTurn({ unit: name });
  return [configured, wait("Wait until it is healthy", answers)];
}

/** Takes such a component away. Its files in /etc/kubernetes go with the kubelet's. */
export const noElectedComponent = (name: string, binDir: string): readonly Item[] => [
  ...noUnit(name),
  ...noFiles(`${binDir}/${name}`),
];
