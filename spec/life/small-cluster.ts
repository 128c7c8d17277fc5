import { measured, type Ran, type as run } from "../cluster/lab.ts";
import { SharedLab } from "./shared-lab.ts";

export const inventory = "spec/life/small.yaml";
/** The cluster's folder on the controller. */
export const folder = ".kubeplay/lab-life";
export const master = "10.198.0.11";
export const node = "10.198.0.21";

/** A program of the project, on the small cluster: `npm run NAME -- -i … ARGS`. */
export const program = (name: string, ...args: readonly string[]): Promise<Ran> =>
  run("npm", "run", "--silent", name, "--", "-i", inventory, ...args);

/** Plays on the small cluster. Rejects if the run fails. */
export async function play(...args: readonly string[]): Promise<Ran> {
  const ran = await program("play", ...args);
  if (ran.code !== 0) throw new Error(ran.output);
  return ran;
}

export const lab = new SharedLab(folder, play);

/** On the hosts of the specs before, if they share the lab. */
export async function makeCluster(): Promise<void> {
  await lab.make(() => play("lab"));
  measured("site", (await play("site")).seconds);
}

const ssh = ["-i", ".kubeplay/lab-life/id_ed25519", "-o", "UserKnownHostsFile=.kubeplay/lab-life/known_hosts"];

/** Runs a command on a host as root. */
export const onHost = (address: string, command: string): Promise<Ran> =>
  run("ssh", ...ssh, "-o", "BatchMode=yes", `kubeplay@${address}`, `sudo sh -c ${JSON.stringify(command)}`);
