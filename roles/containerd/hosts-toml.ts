import { certsFolder } from "#cluster/registry-folders.ts";

/** A registry and the addresses that are asked before it. */
export interface Mirror {
  readonly registry: string;
  readonly endpoints: readonly string[];
  readonly skip_verify?: boolean;
  /** The endpoints are complete: containerd appends no /v2. */
  readonly override_path?: boolean;
  /** The authorities of their certificates: PEM, or a file on the host. */
  readonly ca?: string;
  readonly login?: { readonly username: string; readonly password: string };
}

/** The first line of each file that this role wrote and may remove. */
export const mark = "# Kept by kubeplay: containerd_mirrors says what is here.";

/** The file beside hosts.toml with the authorities that the inventory has as a text. */
export const authorityFile = "mirror.crt";

/** Whether `ca` is a text to write, and not a file of the host. */
export const isPem = (ca: string | undefined): ca is string => ca !== undefined && !ca.startsWith("/");

const caOf = ({ registry, ca }: Mirror): string | undefined =>
  isPem(ca) ? `${certsFolder}/${registry}/${authorityFile}` : ca;

const basic = ({ username, password }: NonNullable<Mirror["login"]>): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** The content of certs.d/<registry>/hosts.toml, read at each pull. The registry itself is asked last. */
export const hostsToml = (mirror: Mirror): string => {
  const { endpoints, skip_verify, override_path, login } = mirror;
  const ca = caOf(mirror);
  return [
    mark,
    ...endpoints.flatMap((endpoint) => [
      "",
      `[host."${endpoint}"]`,
      `  capabilities = ["pull", "resolve"]`,
      ...(skip_verify ? [`  skip_verify = true`] : []),
      ...(override_path ? [`  override_path = true`] : []),
      ...(ca === undefined ? [] : [`  ca = "${ca}"`]),
      ...(login ? [`  [host."${endpoint}".header]`, `    Authorization = "${basic(login)}"`] : []),
    ]),
    "",
  ].join("\n");
};
