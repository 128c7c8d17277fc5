import { InputError, quote } from "kubeplay";

export interface ExtraConfig {
  readonly etcd_extra_config: Readonly<Record<string, string | number | boolean>>;
  readonly bin_dir: string;
}

/** The settings of etcd.yaml.hbs, with the variable that sets each, if there is one. */
const own: Readonly<Record<string, string | undefined>> = {
  name: undefined,
  "data-dir": "etcd_data_dir",
  "listen-client-urls": "etcd_client_port",
  "advertise-client-urls": "etcd_client_port",
  "listen-peer-urls": "etcd_peer_port",
  "initial-advertise-peer-urls": "etcd_peer_port",
  "listen-metrics-urls": "etcd_metrics_port",
  "initial-cluster": undefined,
  "initial-cluster-token": "cluster_name",
  "initial-cluster-state": undefined,
  "heartbeat-interval": "etcd_heartbeat_interval",
  "election-timeout": "etcd_election_timeout",
  "feature-gates": undefined,
  "watch-progress-notify-interval": undefined,
  "client-transport-security": undefined,
  "peer-transport-security": undefined,
};

/** Throws InputError for a setting that is kubeplay's own, and for a name that no setting has. */
export function checkExtraConfig({ etcd_extra_config: extra }: ExtraConfig): void {
  const problems = Object.keys(extra).flatMap((name) => {
    if (name in own) {
      const variable = own[name];
      return `etcd_extra_config has ${name}, which kubeplay sets: ${variable === undefined ? "take it out" : `set ${variable}`}`;
    }
    if (/^[a-z][a-z0-9-]*$/.test(name)) return [];
    return `etcd_extra_config has ${JSON.stringify(name)}, expected a name as in etcd's configuration file, without its dashes in front`;
  });
  if (problems.length > 0) throw new InputError(problems.map((message) => ({ message })));
}

/** etcd ignores settings that it does not know, so the installed program is asked for them before the file is put in place. */
export function knowsExtraConfig({ etcd_extra_config: extra, bin_dir }: ExtraConfig): { readonly validate?: string } {
  const names = Object.keys(extra);
  if (names.length === 0) return {};
  const flags = names.map((name) => quote(`--${name}`)).join(" ");
  return {
    validate: `help=$(${quote(`${bin_dir}/etcd`)} --help 2>&1); for flag in ${flags}; do case $help in *"$flag "*) ;; *) echo "etcd_extra_config: this etcd has no setting \${flag#--}: its settings are listed by etcd --help"; exit 1 ;; esac; done; [ -s %s ]`,
  };
}
