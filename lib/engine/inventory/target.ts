import { homedir, userInfo } from "node:os";
import path from "node:path";
import type { Target } from "../connection/types.ts";
import type { Location, Problem } from "../errors.ts";
import type { ConnectionValues } from "./connection-variables.ts";
import { partsOf, type Way } from "./ssh-config/way.ts";
import { splitWords } from "./words.ts";

/** The connection target of a host, from the values of its connection variables and ssh's way to it. */
export function makeTarget(name: string, values: ConnectionValues, root: string, way: Partial<Way> = {}): Target {
  const { address = name, port = 22, user = userInfo().username, jumps = [], knownHostsFiles = [], ...settings } = way;
  const file = (written: string): string => path.resolve(root, written.replace(/^~(?=\/|$)/, homedir()));
  const named = [values.ansible_ssh_known_hosts_file].flat().map(file);
  const key = values.ansible_ssh_private_key_file;
  const passphrase = values.ansible_ssh_private_key_passphrase ?? values.ansible_private_key_passphrase;
  const password = values.ansible_password ?? values.ansible_ssh_pass;
  const becomePassword = values.ansible_become_password ?? values.ansible_become_pass;
  const method = values.ansible_become_method;
  const becomes = {
    ...(becomePassword !== undefined && { password: becomePassword }),
    ...(method !== "sudo" && { method }),
  };
  return {
    name,
    connection: values.ansible_connection,
    ...(values.ansible_user !== undefined && isContainer(values) && { login: values.ansible_user }),
    ...settings,
    address,
    port,
    user,
    ...(key !== undefined && { privateKeyFile: file(key) }),
    ...(passphrase !== undefined && { privateKeyPassphrase: passphrase }),
    ...(password !== undefined && { password }),
    jumps,
    knownHostsFiles: named.length > 0 ? named : knownHostsFiles,
    hostKeyChecking: values.ansible_host_key_checking,
    ...(hasTunnel(values, jumps.length > 0 || settings.proxyCommand !== undefined) && { tunnel: true }),
    connectTimeout: values.ansible_ssh_timeout,
    retryTimeout: values.ssh_retry_timeout,
    reconnectTimeout: values.reconnect_timeout,
    timeout: values.task_timeout,
    ...(values.ansible_become && {
      become: { ...becomes, user: values.ansible_become_user },
    }),
    ...(Object.keys(becomes).length > 0 && { becomes }),
  };
}

const isContainer = ({ ansible_connection }: ConnectionValues): boolean =>
  ansible_connection === "podman" || ansible_connection === "docker";

const hasTunnel = ({ ansible_connection, ssh_tunnel }: ConnectionValues, isIndirect: boolean): boolean =>
  ansible_connection === "ssh" && (ssh_tunnel === "always" || (ssh_tunnel === "auto" && isIndirect));

/** What ansible_ssh_common_args may say. */
export interface CommonArguments {
  /** The hops, first hop first; undefined if it names none. */
  readonly jumps?: readonly string[];
  /** The file in place of ~/.ssh/config, or "none". */
  readonly configFile?: string;
}

/** Reads ansible_ssh_common_args. Adds what is wrong with it to `problems`. */
export function parseCommonArguments(args: string, where: Location, problems: Problem[]): CommonArguments {
  const wrong = (message: string): void => {
    problems.push({ message: `ansible_ssh_common_args: ${message}`, where });
  };
  let jumps: readonly string[] | undefined;
  let configFile: string | undefined;
  let words: string[] = [];
  try {
    words = splitWords(args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    wrong(error.message);
  }
  while (words.length > 0) {
    const { length, hops, file } = optionIn(words);
    if (hops === undefined && file === undefined)
      wrong(
        `"${words.slice(0, length).join(" ")}" is not supported, only -J host, -o ProxyJump=host and -F file are; write other options into ~/.ssh/config`,
      );
    else if (file !== undefined) configFile = file;
    else if (jumps) wrong("there is more than one jump; combine them as -J first,second");
    else jumps = hops === "none" ? [] : hops?.split(",");
    words = words.slice(length);
  }
  for (const jump of (jumps ?? []).filter((hop) => !partsOf(hop)))
    wrong(`"${jump}" is not a jump host, expected user@host:port`);
  return {
    ...(jumps && { jumps: jumps.filter(partsOf) }),
    ...(configFile !== undefined && { configFile }),
  };
}

interface Option {
  /** The number of words that it takes. */
  readonly length: number;
  readonly hops?: string | undefined;
  readonly file?: string | undefined;
}

function optionIn([option = "", value]: readonly string[]): Option {
  if (option === "-J") return { length: 2, hops: value };
  if (option === "-F") return { length: 2, file: value };
  const together = /^-J(.+)$/.exec(option) ?? /^-oProxyJump=(.+)$/i.exec(option);
  if (together) return { length: 1, hops: together[1] };
  const file = /^-F(.+)$/.exec(option);
  if (file) return { length: 1, file: file[1] };
  return option === "-o" ? { length: 2, hops: /^ProxyJump[= ](.+)$/i.exec(value ?? "")?.[1] } : { length: 1 };
}
