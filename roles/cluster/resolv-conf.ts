import type { Facts } from "#lib/facts/types.ts";

/**
 * The file whose name servers pods get. systemd-resolved listens on an address that means nothing in a pod; the servers
 * behind it are in a file of its own.
 */
export const resolvConf = ({ listening }: Pick<Facts, "listening">): string =>
  listening.some(({ port, address }) => port === 53 && address === "127.0.0.53")
    ? "/run/systemd/resolve/resolv.conf"
    : "/etc/resolv.conf";
