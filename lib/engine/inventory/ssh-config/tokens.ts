import { homedir, hostname, userInfo } from "node:os";
import type { Problem } from "../../errors.ts";
import type { Directive } from "./read.ts";

/** What is known of a connection, for the tokens of ssh. */
export interface Known {
  /** As the inventory or a jump names the host. */
  readonly original: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** The host that `HostName` names. Its tokens are the name that was asked for, and a percent sign. */
export const hostnameIn = (hostname: string | undefined, original: string): string =>
  hostname?.replaceAll("%h", original).replaceAll("%%", "%") ?? original;

/** Replaces ssh's tokens, such as `%h`. Reports those that cannot be replaced. */
export function withTokens(text: string, known: Known, { keyword, where }: Directive, problems: Problem[]): string {
  const values: Readonly<Record<string, string>> = {
    "%": "%",
    d: homedir(),
    h: known.host,
    i: String(userInfo().uid),
    k: known.host,
    L: hostname().split(".")[0] ?? "",
    l: hostname(),
    n: known.original,
    p: String(known.port),
    r: known.user,
    u: userInfo().username,
  };
  return text.replaceAll(/%(.?)/g, (token: string, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return value;
    const message = `${keyword}: kubeplay cannot replace "${token}", only ${Object.keys(values)
      .map((one) => `%${one}`)
      .join(" ")}`;
    problems.push({ message, where });
    return token;
  });
}

/** The path that a file's name stands for: with the user's home, variables of the environment, and tokens. */
export function pathOf(written: string, known: Known, directive: Directive, problems: Problem[]): string {
  const named = written.replace(/^~(?=\/|$)/, homedir()).replaceAll(/\$\{([^}]*)\}/g, (text, name: string) => {
    const value = process.env[name];
    if (value === undefined)
      problems.push({
        message: `${directive.keyword}: the environment has no variable "${name}"`,
        where: directive.where,
      });
    return value ?? text;
  });
  return withTokens(named, known, directive, problems);
}
