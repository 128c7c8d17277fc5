import type { Facts } from "kubeplay";

/** The file whose name servers pods get. systemd-resolved keeps its upstream servers in a file of its own. */
export const resolvConf = ({ stubResolver }: Pick<Facts, "stubResolver">): string =>
  stubResolver ? "/run/systemd/resolve/resolv.conf" : "/etc/resolv.conf";
