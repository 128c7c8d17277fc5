import { Type } from "typebox";

/** Snapshots that each master takes by itself. */
export const snapshotVariables = {
  snapshot_timer: Type.String({
    default: "",
    pattern: "^[^\\s%][^\\n%]*$|^$",
    description:
      "When every master takes a snapshot of etcd by itself, as systemd's OnCalendar: daily, or *-*-* 03:00. Empty for never.",
  }),
  snapshot_keep: Type.Integer({
    default: 7,
    minimum: 1,
    description: "How many of these snapshots stay on each master.",
  }),
  snapshot_folder: Type.String({
    format: "absolute-path",
    default: "/var/lib/kubeplay/snapshots",
    description: "The folder of these snapshots on each master. Only root can read it.",
  }),
  snapshot_max_age: Type.Integer({
    default: 26,
    minimum: 1,
    description: "Hours after which `npm run doctor` reports the newest snapshot of a master as too old.",
  }),
};
