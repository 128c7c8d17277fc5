/** What one read tells of a host. Sizes are bytes. */
export interface Facts {
  readonly hostname: string;
  readonly os: { readonly id: string; readonly version: string; readonly codename: string; readonly name: string };
  readonly kernel: string;
  readonly architecture: "amd64" | "arm64" | (string & {});
  readonly cpus: number;
  readonly memory: number;
  readonly swap: number;
  /** 1 also for a hybrid hierarchy. */
  readonly cgroup: 1 | 2;
  /** "none" on bare metal, else systemd-detect-virt's word. */
  readonly virtualization: string;
  readonly container: boolean;
  readonly machineId: string;
  /** The host's clock minus the controller's, in seconds, as far as the round trip lets one tell. */
  readonly clockSkew: number;
  readonly addresses: readonly { readonly interface: string; readonly address: string; readonly prefix: number }[];
  readonly defaultInterface?: string;
  /** Bytes free where the key is a mount point or a directory of interest. */
  readonly free: Readonly<Record<string, number>>;
  /** systemd-resolved answers names at 127.0.0.53, an address that means nothing elsewhere. */
  readonly stubResolver: boolean;
  readonly systemd: boolean;
  /** Modules that are loaded, built in, or that modprobe could load. */
  readonly kernelModules: readonly string[];
  readonly user: string;
  readonly selinux: "disabled" | "permissive" | "enforcing";
  /** Whether the kernel confines programs by AppArmor's profiles. */
  readonly apparmor: boolean;
}
