/**
 * The facts of a host, from one read. Sizes are in bytes.
 *
 * @example
 * tasks: ({ facts }) => [file("Write the size", { dest: "/etc/memory", content: String(facts.memory) })]
 */
export interface Facts {
  readonly hostname: string;
  readonly os: { readonly id: string; readonly version: string; readonly codename: string; readonly name: string };
  readonly kernel: string;
  readonly architecture: "amd64" | "arm64" | (string & {});
  readonly cpus: number;
  readonly memory: number;
  readonly swap: number;
  /** The version of cgroups; 1 also for a hybrid hierarchy. */
  readonly cgroup: 1 | 2;
  /** "none" on bare metal, else the value of systemd-detect-virt. */
  readonly virtualization: string;
  readonly container: boolean;
  readonly machineId: string;
  /** The host's clock minus the controller's, in seconds; 0 if the round trip explains the difference. */
  readonly clockSkew: number;
  readonly addresses: readonly { readonly interface: string; readonly address: string; readonly prefix: number }[];
  readonly defaultInterface?: string;
  /** Free bytes by mount point, and by some other directories. */
  readonly free: Readonly<Record<string, number>>;
  /** Whether systemd-resolved answers DNS at 127.0.0.53, an address that is valid on the host only. */
  readonly stubResolver: boolean;
  readonly systemd: boolean;
  /** Modules that are loaded, built in, or that modprobe could load; their names have _ for -. */
  readonly kernelModules: readonly string[];
  readonly user: string;
  readonly selinux: "disabled" | "permissive" | "enforcing";
  /** Whether the kernel confines programs with AppArmor profiles. */
  readonly apparmor: boolean;
}
