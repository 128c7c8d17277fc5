import { type Facts, kernelModule, sysctl, type Task } from "kubeplay";

/** Further modules that a pod network needs are loaded by its own role. */
export const modules = ["overlay"];

/** Per network namespace, so a container has its own. */
const routing = { "net.ipv4.ip_forward": 1 };

/** A forwarding host ignores router advertisements by default, although its own default route may come from them. */
const routing6 = ({ defaultInterface: device }: Facts): Readonly<Record<string, number>> => ({
  "net.ipv6.conf.all.forwarding": 1,
  ...(device !== undefined && !device.includes(".") && { [`net.ipv6.conf.${device}.accept_ra`]: 2 }),
});

/** Of the whole machine: the exact values that the kubelet's protectKernelDefaults requires. */
const machine = {
  "vm.overcommit_memory": 1,
  "vm.panic_on_oom": 0,
  "kernel.panic": 10,
  "kernel.panic_on_oops": 1,
  "kernel.keys.root_maxkeys": 1_000_000,
  "kernel.keys.root_maxbytes": 25_000_000,
};
/** All pods share these limits; a machine with higher ones keeps them. */
const atLeast = { "fs.inotify.max_user_instances": 8192, "fs.inotify.max_user_watches": 524_288 };

/** In /etc/sysctl.d, without its suffix. */
export const kernelFile = "90-kubernetes";

/** Modules and parameters. A container has no /lib/modules and shares its machine's kernel: it gets only its own. */
export function kernel(facts: Facts, dualStack: boolean): Task[] {
  const loadable = facts.container ? [] : modules;
  const settings = { ...routing, ...(dualStack && routing6(facts)), ...(facts.container ? {} : machine) };
  return [
    ...loadable.map((name) => kernelModule(`Load the kernel module ${name}`, { name })),
    ...Object.entries(settings).map(([name, value]) => sysctl(`Set ${name}`, { name, value, file: kernelFile })),
    ...Object.entries(facts.container ? {} : atLeast).map(([name, value]) =>
      sysctl(`Raise ${name}`, { name, value, atLeast: true, file: kernelFile }),
    ),
  ];
}
