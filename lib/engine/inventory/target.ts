import { homedir, userInfo } from "node:os";
import path from "node:path";
import type { Target } from "../connection/types.ts";
import type { Location, Problem } from "../errors.ts";
import type { ConnectionValues } from "./connection-variables.ts";
import { splitWords } from "./words.ts";

/** The connection target of a host, from the values of its connection variables. */
export function makeTarget(name: string, values: ConnectionValues, root: string, jumps: readonly string[]): Target {
  const file = (written: string): string => path.resolve(root, written.replace(/^~(?=\/|$)/, homedir()));
  const key = values.ansible_ssh_private_key_file;
  const password = values.ansible_password ?? values.ansible_ssh_pass;
  const becomePassword = values.ansible_become_password ?? values.ansible_become_pass;
  return {
    name,
    connection: values.ansible_connection,
    address: values.ansible_host ?? name,
    port: values.ansible_port,
    user: values.ansible_user ?? userInfo().username,
    ...(key !== undefined && { privateKeyFile: file(key) }),
    ...(password !== undefined && { password }),
    jumps,
    knownHostsFiles: [values.ansible_ssh_known_hosts_file].flat().map(file),
    hostKeyChecking: values.ansible_host_key_checking,
    connectTimeout: values.ansible_ssh_timeout,
    retryTimeout: values.ssh_retry_timeout,
    reconnectTimeout: values.reconnect_timeout,
    timeout: values.task_timeout,
    ...(values.ansible_become && {
      become: { user: values.ansible_become_user, ...(becomePassword !== undefined && { password: becomePassword }) },
    }),
    ...(becomePassword !== undefined && { becomePassword }),
  };
}

/** The hops that ansible_ssh_common_args names, first hop first. */
export function parseJumps(args: string, where: Location, problems: Problem[]): string[] {
  const jumps: string[] = [];
  const wrong = (message: string): void => {
    problems.push({ message: `ansible_ssh_common_args: ${message}`, where });
  };
  let words: string[] = [];
  try {
    words = splitWords(args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    wrong(error.message);
  }
  while (words.length > 0) {
    const [hops, length] = hopsIn(words);
    if (hops === undefined)
      wrong(`"${words.slice(0, length).join(" ")}" is not supported, only -J host and -o ProxyJump=host are`);
    else if (jumps.length > 0) wrong("there is more than one jump; combine them as -J first,second");
    else jumps.push(...hops.split(","));
    words = words.slice(length);
  }
  for (const jump of jumps.filter((hop) => !/^([^@\s]+@)?[\w.-]+(:\d+)?$/.test(hop)))
    wrong(`"${jump}" is not a jump host, expected user@host:port`);
  return jumps;
}

/** The value of the first option if it is a jump, and the number of words that the option takes. */
function hopsIn([option = "", value]: readonly string[]): [string | undefined, number] {
  if (option === "-J") return [value, 2];
  const together = /^-J(.+)$/.exec(option) ?? /^-oProxyJump=(.+)$/i.exec(option);
  if (together) return [together[1], 1];
  return option === "-o" ? [/^ProxyJump[= ](.+)$/i.exec(value ?? "")?.[1], 2] : [undefined, 1];
}
