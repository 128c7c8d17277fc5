import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { connectContainer } from "../connection/container.ts";
import type { ContainerEngine, Writer } from "../connection/types.ts";
import { PlayError } from "../errors.ts";

const execute = promisify(execFile);

/** How a host for specs is made. */
export interface ContainerHostOptions {
  /** An image with a POSIX shell; $KUBEPLAY_TEST_IMAGE, or Debian 13 by default. */
  readonly image?: string;
  /** The program that runs it: podman by default, or docker if there is no podman. */
  readonly engine?: ContainerEngine;
  /** More arguments of `podman run` or `docker run`, such as `--network=none`. */
  readonly args?: readonly string[];
  /** The container's main program; by default it sleeps for an hour. For a host with systemd, `["/sbin/init"]`. */
  readonly command?: readonly string[];
}

/** A host for specs: a container that is removed afterwards. */
export interface ContainerHost {
  readonly name: string;
  /** Opens a connection; whoever opens it closes it. */
  readonly connect: () => Writer;
  /** The output of a shell command, without its last newline. Rejects with PlayError if the command fails. */
  readonly on: (command: string) => Promise<string>;
  /** Removes the container. */
  readonly remove: () => Promise<void>;
}

const debian = "docker.io/library/debian:13";
/** Some machines allow no more, such as containers in which specs run. */
const limits = ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"];
/** crun, which podman prefers, refuses hybrid cgroups with controllers of both versions. runc takes them. */
const asRunc = async (engine: string): Promise<readonly string[]> => {
  const controllers = await readFile("/sys/fs/cgroup/unified/cgroup.controllers", "utf8").catch(() => "");
  return engine === "podman" && controllers.trim() !== "" ? ["--runtime", "runc"] : [];
};
/** Seconds after which a container ends by itself, if its spec was killed. */
const life = 3600;

/**
 * Starts a container as a host. Rejects with PlayError if neither podman nor docker is installed, or the container does
 * not start.
 *
 * @example
 * const host = await containerHost();
 * after(() => host.remove());
 */
export async function containerHost(options: ContainerHostOptions = {}): Promise<ContainerHost> {
  const { image = process.env.KUBEPLAY_TEST_IMAGE ?? debian, args = [] } = options;
  const engine = options.engine ?? (await installedEngine());
  const name = `kubeplay-test-${randomBytes(6).toString("hex")}`;
  const command = options.command ?? ["sleep", String(life)];
  const run = [...(await asRunc(engine)), "run", "--detach", "--rm", "--name", name, ...limits];
  await call(engine, ...run, ...args, image, ...command);
  return {
    name,
    connect: () => connectContainer(engine, { name, address: name }),
    on: async (script) => (await call(engine, "exec", name, "sh", "-c", script)).replace(/\n$/, ""),
    remove: async () => {
      await call(engine, "rm", "--force", name);
    },
  };
}

async function installedEngine(): Promise<ContainerEngine> {
  for (const engine of ["podman", "docker"] as const)
    if (
      await execute(engine, ["--version"]).then(
        () => true,
        () => false,
      )
    )
      return engine;
  throw new PlayError("a container as a host needs podman or docker: install one of them");
}

async function call(engine: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await execute(engine, args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stderr = "", message = String(error) } = error as { stderr?: string; message?: string };
    throw new PlayError(`${engine} ${args.join(" ")}: ${stderr.trim() || message}`);
  }
}
