/** A registry and the addresses that are asked in its place. */
export interface Mirror {
  readonly registry: string;
  readonly endpoints: readonly string[];
  readonly skip_verify?: boolean;
}

/** The first line of what this role wrote, and may take away again. */
export const mark = "# Kept by kubeplay: containerd_mirrors says what is here.";

/** What containerd reads at each pull from certs.d/<registry>/hosts.toml; the registry itself is asked last. */
export const hostsToml = ({ endpoints, skip_verify }: Mirror): string =>
  [
    mark,
    ...endpoints.flatMap((endpoint) => [
      "",
      `[host."${endpoint}"]`,
      `  capabilities = ["pull", "resolve"]`,
      ...(skip_verify ? [`  skip_verify = true`] : []),
    ]),
    "",
  ].join("\n");
