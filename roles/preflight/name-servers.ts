import { resolvConf } from "#cluster/resolv-conf.ts";
import type { Checked } from "./checked.ts";

/** The name servers that pods will get from the host. */
export const nameServersOf = ({ facts, found }: Pick<Checked, "facts" | "found">): string[] =>
  [...(found.texts[resolvConf(facts)] ?? "").matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server = ""]) => server);
