/** The folder with the record of a host from before kubeplay changed it. */
export const recordFolder = "/var/lib/kubeplay/before";

/** Its files: names of packages, users and tables of nftables, kernel parameters and modules, and copies of files. */
export type Recorded = "packages" | "users" | "tables" | "sysctl" | "modules" | "hosts" | "hostname" | "fstab";

export const recordedFile = (name: Recorded): string => `${recordFolder}/${name}`;
