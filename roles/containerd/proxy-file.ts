/** The file with its proxy settings: they may contain a password, which `systemctl show` would show to everybody. */
export const proxyFile = "/etc/containerd/proxy.env";

/** The values contain no quotes or backslashes: the variables do not accept them. */
export const environmentFile = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
