import path from "node:path/posix";
import { path as pathQuery, type PathState } from "../../queries/path.ts";
import type { Difference, Effect, Needs } from "../../tasks/resource.ts";

/** Where Debian's packages put files: other folders are the administrator's (FHS), or their packages fill them later. */
const ofPackages = /^\/(?:bin|boot|etc|lib\w*|sbin|usr(?!\/local(?:\/|$))|var)(?:\/|$)/;

/** In a check: what is missing may come with packages that an earlier task will install. */
export const mayComeWithPackages: Effect = {
  kind: "path",
  becomes: (state, key) =>
    (state as PathState | undefined)?.type === "absent" && ofPackages.test(key)
      ? { type: "absent", mayCome: true }
      : state,
};

/** Asks also for the folder of what is to be absent. */
export const removalNeeds = (dest: string): Needs<RemovalState> => ({
  path: pathQuery(dest),
  folder: pathQuery(path.dirname(dest)),
});
export interface RemovalState {
  readonly path: PathState;
  readonly folder?: PathState;
}

/**
 * A check cannot know whether there will be something to remove, if a package brings the folder. Packages add to folders
 * that exist, too, but rarely what a role removes.
 */
export const isKnownLater = ({ path: now, folder }: RemovalState): boolean =>
  now.type === "absent" && now.mayCome === true && folder?.type === "absent" && folder.mayCome === true;

export const removalLater: Difference = {
  ...{ what: "state", shownAs: "known after apply", before: undefined, after: undefined },
  desired: "absent",
};
