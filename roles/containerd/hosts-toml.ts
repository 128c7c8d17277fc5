/** A registry and the addresses that are asked in its place. */
export interface Mirror {
  readonly registry: string;
  readonly endpoints: readonly string[];
  readonly skip_verify?: boolean;
}

/** What containerd reads at each pull from certs.d/<registry>/hosts.toml; the registry itself is asked last. */
export const hostsToml = ({ endpoints, skip_verify }: Mirror): string =>
  endpoints
    .map((endpoint) =>
      [
        `[host."${endpoint}"]`,
        `  capabilities = ["pull", "resolve"]`,
        ...(skip_verify ? [`  skip_verify = true`] : []),
        "",
      ].join("\n"),
    )
    .join("\n");
