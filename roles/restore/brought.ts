import path from "node:path";
import { defineResource, type Difference, effect, queries, unknown } from "kubeplay";
import { bringBackup, type Elsewhere } from "#cluster/backup/elsewhere.ts";
import { recordName } from "#cluster/backup/place.ts";
import { backupRecord } from "./record.ts";

export interface BroughtProps {
  /** The folder on the controller, relative to the project. */
  readonly to: string;
  readonly remote: Elsewhere;
}

const recordIn = (to: string): string => path.join(path.resolve(to), recordName);

/** A backup that was copied elsewhere, in a folder of the controller. One that is here already stays. */
export const broughtBackup = defineResource({
  kind: "backup from elsewhere",
  label: ({ remote }: BroughtProps) => remote.text,
  needs: ({ to }) => ({ record: queries.controllerFile(recordIn(to)) }),
  diff: ({ record }, { to, remote }): Difference[] =>
    record ? [] : [{ what: to, before: "absent", after: `from ${remote.text}` }],
  apply: (_found, _now, { to, remote }) => [
    {
      onController: (progress) => {
        progress(`the backup travels from ${remote.text}`);
        return bringBackup(remote, path.resolve(to));
      },
    },
  ],
  effects: ({ to }) => [effect(backupRecord(to), unknown)],
  forecast: () => ({ record: unknown }),
});
