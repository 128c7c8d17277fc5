import { Type } from "typebox";
import { Secret } from "../schema/secret.ts";
import type { Values } from "../schema/types.ts";

const password = (description: string) => Type.Optional(Secret(Type.String({ minLength: 1, description })));

/** The variables that define how a host is reached: Ansible's, and some of kubeplay's own. */
export const connectionVariables = {
  ansible_connection: Type.Enum(["ssh", "local", "podman", "docker"], {
    default: "ssh",
    description:
      "How tasks reach the host: over SSH, locally on the controller, or in a container that podman or docker runs on the controller.",
  }),
  ansible_host: Type.Optional(
    Type.String({
      format: "address",
      description: "The address at which the controller reaches the host; its name by default.",
    }),
  ),
  ansible_port: Type.Integer({
    minimum: 1,
    maximum: 65535,
    default: 22,
    description: "The port of its SSH server. If it is not set, ~/.ssh/config may set one.",
  }),
  ansible_user: Type.Optional(
    Type.String({
      format: "login",
      description: "The user to log in as; by default that of ~/.ssh/config, or the controller's user.",
    }),
  ),
  ansible_ssh_private_key_file: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "The key to log in with, relative to the project; by default those of ~/.ssh/config, or the user's, and those of the SSH agent.",
    }),
  ),
  ansible_ssh_private_key_passphrase: password(
    "The passphrase of that key; without it, kubeplay asks for it once in a terminal.",
  ),
  ansible_private_key_passphrase: password("Another name for ansible_ssh_private_key_passphrase."),
  ansible_password: password("The password to log in with."),
  ansible_ssh_pass: password("Another name for ansible_password."),
  ansible_become: Type.Boolean({
    default: false,
    description: "Whether tasks run as another user, through ansible_become_method.",
  }),
  ansible_become_user: Type.String({ default: "root", format: "login", description: "The user that tasks run as." }),
  ansible_become_method: Type.Enum(["sudo", "su", "doas"], {
    default: "sudo",
    description: "How tasks become that user. doas must not ask for a password.",
  }),
  ansible_become_password: password("The password that sudo or su asks for."),
  ansible_become_pass: password("Another name for ansible_become_password."),
  ansible_ssh_common_args: Type.String({
    default: "",
    description:
      "The jump hosts on the way to the host: -J host, or -o ProxyJump=host; by default those of ~/.ssh/config. -F file takes the place of that file, relative to the project; -F none reads no such file.",
  }),
  ansible_ssh_known_hosts_file: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }))], {
    default: [],
    description:
      "Files of trusted host keys, relative to the project; by default those of ~/.ssh/config, or the user's and the system's.",
  }),
  ansible_host_key_checking: Type.Boolean({
    default: true,
    description:
      "Whether an unknown or changed host key is an error. If it is not set, StrictHostKeyChecking no of ~/.ssh/config accepts unknown ones.",
  }),
  ansible_ssh_timeout: Type.Integer({ default: 10, minimum: 1, description: "Seconds to wait for the connection." }),
  ssh_tunnel: Type.Enum(["auto", "always", "never"], {
    default: "auto",
    description:
      "Whether the controller's other connections to the host, such as to the Kubernetes API of a master, go through its SSH connection; auto: if that leads through a jump host or a ProxyCommand.",
  }),
  ssh_retry_timeout: Type.Integer({
    default: 30,
    minimum: 0,
    description:
      "Seconds of new tries if the host accepts the connection and drops it, as its sshd does while it is busy.",
  }),
  reconnect_timeout: Type.Integer({
    default: 600,
    minimum: 0,
    description:
      "Seconds of new tries if the connection is lost while a detached command continues, or a task restarted the host.",
  }),
  task_timeout: Type.Integer({
    default: 600,
    minimum: 1,
    description:
      "Seconds after which a command, an upload without progress, or the read of facts and states counts as hung and is ended. A task's and a play's timeout take precedence.",
  }),
  ansible_python_interpreter: Type.Optional(
    Type.String({
      description:
        "Accepted so that Ansible inventories work, and not used: only ansibleModule runs Python on hosts, and it has a property for that.",
    }),
  ),
  node_address: Type.Optional(
    Type.String({
      format: "address",
      description: "The address at which other hosts reach this one; ansible_host by default.",
    }),
  ),
  node_interface: Type.Optional(
    Type.String({
      pattern: "^[^\\s/]{1,15}$",
      description:
        "The interface whose first global IPv4 address is the host's node_address; each run asks the host for it. If node_address is set, it takes precedence.",
    }),
  ),
};

/** The inventory as a declarer of variables, beside roles. */
export const inventoryVariables = { name: "the inventory", vars: connectionVariables };

export type ConnectionValues = Values<typeof connectionVariables>;
