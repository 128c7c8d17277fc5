import { command, directory, type Task, user } from "kubeplay";
import { recordedFile } from "./undo/record.ts";

const owner = { owner: "etcd", group: "etcd" };

/** The user of etcd, and the folder of its data. */
export const etcdAccount = (dataDir: string): readonly Task[] => [
  user("Create its user", { name: "etcd", system: true, home: dataDir, shell: "/usr/sbin/nologin" }),
  directory("Make its data directory", { path: dataDir, mode: 0o700, ...owner }),
];

/** Removes the user and its group, unless the host had a user of this name before. */
export const noEtcdUser = (): Task =>
  command("Remove its user", {
    run: "userdel -- etcd",
    unless: `! getent passwd etcd || grep -qsx etcd ${recordedFile("users")}`,
  });

/** In a data folder: the SHA-256 of the snapshot from which a restoration that has not ended made the data. */
export const restoredMarker = "kubeplay-restored";
