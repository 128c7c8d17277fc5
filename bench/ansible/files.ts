import type { Target } from "#engine/connection/types.ts";
import type { Call } from "../workload/calls.ts";
import type { Workload } from "../workload/things.ts";

type AnsibleTask = Readonly<Record<string, unknown>> & { readonly name: string };

interface AnsiblePlay {
  readonly name: string;
  readonly hosts: string;
  readonly become: boolean;
  readonly tasks: readonly AnsibleTask[];
}

/** The workload as an Ansible playbook: one task per thing, as for the others. `folder` holds files/ and templates/. */
export function ansiblePlaybook(things: Workload, folder: string): readonly AnsiblePlay[] {
  const mode = "0644";
  const tasks: AnsibleTask[] = [
    ...things.directories.map((path) => ({
      name: `Make ${path}`,
      "ansible.builtin.file": { path, state: "directory", mode: "0755" },
    })),
    ...things.templates.map(({ dest, values }) => ({
      name: `Write ${dest}`,
      "ansible.builtin.template": { src: `${folder}/templates/service.conf.j2`, dest, mode },
      // Ansible itself uses the variable "name".
      vars: { service: values },
    })),
    ...things.copies.map((dest) => ({
      name: `Copy ${dest}`,
      "ansible.builtin.copy": { src: `${folder}/files/copy.txt`, dest, mode },
    })),
    ...things.lines.map(({ path, line }) => ({
      name: `Have ${line}`,
      "ansible.builtin.lineinfile": { path, line, create: true, mode },
    })),
    ...things.links.map(({ dest, target }) => ({
      name: `Link ${dest}`,
      "ansible.builtin.file": { src: target, dest, state: "link" },
    })),
    ...things.users.map((name) => ({ name: `Have ${name}`, "ansible.builtin.user": { name, shell: "/bin/bash" } })),
    ...things.commands.map(({ run, creates }) => ({
      name: `Make ${creates}`,
      "ansible.builtin.shell": { cmd: run, creates },
    })),
    ...things.units.map(({ name, content }) => ({
      name: `Write ${name}`,
      "ansible.builtin.copy": { content, dest: `/etc/systemd/system/${name}`, mode },
    })),
    ...things.services.map((name) => ({
      name: `Start ${name}`,
      "ansible.builtin.systemd_service": { name, state: "started", enabled: true },
    })),
  ];
  return [{ name: "Ordinary tasks", hosts: "all", become: true, tasks }];
}

/** Calls of modules as an Ansible playbook. */
export function callsPlaybook(calls: readonly Call[]): readonly AnsiblePlay[] {
  const tasks = calls.map(({ name, module, args }) => ({ name, [module]: args }));
  return [{ name: "Calls of modules", hosts: "all", become: true, tasks }];
}

/** The bench's hosts, as kubeplay has read them, as an Ansible inventory. */
export function ansibleInventory(targets: readonly Target[]): object {
  const hosts = targets.map(({ name, address, port, user, privateKeyFile, knownHostsFiles }) => [
    name,
    {
      ansible_host: address,
      ansible_port: port,
      ansible_user: user,
      ansible_ssh_private_key_file: privateKeyFile,
      ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHostsFiles.join(" ")}`,
      // Otherwise Ansible first searches for an interpreter on each host.
      ansible_python_interpreter: "/usr/bin/python3",
    },
  ]);
  return { all: { hosts: Object.fromEntries(hosts) as object } };
}
