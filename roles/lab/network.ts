import { defineResource, queries, quote } from "kubeplay";

export interface NetworkProps {
  readonly name: string;
  /** CIDR of the network; its first address is the machine's. */
  readonly subnet: string;
  /** The same for IPv6. */
  readonly subnet6?: string | undefined;
  readonly state: "present" | "absent";
}

/** The network of the lab's hosts, on this machine only. */
export const labNetwork = defineResource({
  kind: "lab network",
  label: (p) => p.name,
  needs: (p: NetworkProps) => ({ exists: queries.probe(`podman network exists ${quote(p.name)}`) }),
  diff: ({ exists }, p) =>
    exists === (p.state === "present")
      ? []
      : [{ what: "network", before: exists ? p.name : undefined, after: exists ? undefined : p.subnet }],
  apply: (_found, { exists }, p) => [
    exists
      ? `podman network rm ${quote(p.name)}`
      : `podman network create --disable-dns --subnet ${quote(p.subnet)} ${second(p)}${quote(p.name)}`,
  ],
  forecast: (_now, p) => ({ exists: p.state === "present" }),
});

const second = ({ subnet6 }: NetworkProps): string =>
  subnet6 === undefined ? "" : `--ipv6 --subnet ${quote(subnet6)} `;
