/** A registry and the addresses that are asked before it. */
export interface Mirror {
  readonly registry: string;
  readonly endpoints: readonly string[];
  readonly skip_verify?: boolean;
}

/** The first line of each file that this role wrote and may remove. */
export const mark = "# Kept by kubeplay: containerd_mirrors says what is here.";

/** The content of certs.d/<registry>/hosts.toml, read at each pull. The registry itself is asked last. */
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
