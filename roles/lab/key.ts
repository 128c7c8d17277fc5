import { access, mkdir, readFile, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { $ } from "zx/core";
import { defineQuery, defineResource, TaskError, unknown } from "kubeplay";

export interface LabKeyProps {
  readonly folder: string;
  readonly state: "present" | "absent";
}

export const keyFile = (folder: string): string => path.join(folder, "id_ed25519");
export const publicKeyFile = (folder: string): string => `${keyFile(folder)}.pub`;

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new TaskError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A small file on the controller; undefined if it does not exist. Any step may write it. */
export const controllerText = defineQuery<string | undefined>({
  kind: "text on the controller",
  get: async (files) => new Map(await Promise.all(files.map(async (file) => [file, await readText(file)] as const))),
  volatile: true,
});

/** Whether a private key exists. The key is never read. */
const controllerKey = defineQuery<boolean>({
  kind: "private key on the controller",
  get: async (files) =>
    new Map(
      await Promise.all(
        files.map(
          async (file) =>
            [
              file,
              await access(file).then(
                () => true,
                () => false,
              ),
            ] as const,
        ),
      ),
    ),
});

async function makeKey(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Half a pair is useless.
  await rm(keyFile(folder), { force: true });
  await rm(publicKeyFile(folder), { force: true });
  // ssh-keygen makes the private key 0600.
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
  })`ssh-keygen -q -t ed25519 -N ${""} -C kubeplay-lab -f ${keyFile(folder)}`;
  if (exitCode !== 0) throw new TaskError(`ssh-keygen could not create ${keyFile(folder)}: ${stderr.trim()}`);
}

/** Removes the lab's files from its folder. Other files stay: a cluster of the same name keeps its CA there. */
async function forget(folder: string): Promise<void> {
  for (const name of ["id_ed25519", "id_ed25519.pub", "known_hosts", "registry"])
    await rm(path.join(folder, name), { recursive: true, force: true });
  await rmdir(folder).catch(() => undefined);
}

/** The key that opens the lab's hosts. "absent" also removes the lab's other files on the controller. */
export const labKey = defineResource({
  kind: "lab key",
  label: (p) => keyFile(p.folder),
  needs: (p: LabKeyProps) => ({
    secret: controllerKey(keyFile(p.folder)),
    public: controllerText(publicKeyFile(p.folder)),
  }),
  diff: (now, p) => {
    const whole = now.secret && now.public !== undefined;
    if (p.state === "present") return whole ? [] : [{ what: "key", before: undefined, after: "ed25519" }];
    return now.secret || now.public !== undefined ? [{ what: "key", before: "ed25519", after: undefined }] : [];
  },
  apply: (_found, _now, p) => [
    {
      onController: async () => (p.state === "present" ? makeKey(p.folder) : forget(p.folder)),
    },
  ],
  forecast: (_now, p) => ({
    secret: p.state === "present",
    public: p.state === "present" ? unknown : undefined,
  }),
});
