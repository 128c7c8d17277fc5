import { byManager, listsFreshOf } from "../shell/package-managers/index.ts";
import { defineQuery, type Query } from "./define.ts";
import { linesOf } from "./keys.ts";

export interface PackageListsState {
  /** Whether there are package lists, younger than so many minutes and fetched after the last change of its sources. */
  readonly fresh: boolean;
}

/** A shell function: whether apt's package lists are fresh, for so many minutes as $1 says. */
export const listsFresh = `lists_fresh() {
  set -- "$1" /var/lib/apt/lists/*Packages*
  [ -e "$2" ] || return
  # Fetching lists that did not change leaves the folder as it is.
  set -- "$1" "$(ls -dt /var/lib/kubeplay/apt-updated /var/lib/apt/lists 2>/dev/null | head -n 1)"
  [ -n "$(find "$2" -maxdepth 0 -mmin "-$1")" ] &&
    [ -z "$(find /etc/apt/sources.list /etc/apt/sources.list.d -newer "$2" 2>/dev/null)" ]
}
`;

const of = defineQuery<PackageListsState>({
  kind: "package lists",
  passing: ["fresh"],
  ask: (minutes) => {
    const answers = minutes.map((one) => `lists_fresh ${one} && echo yes || echo no`).join("\n");
    return byManager(`${listsFresh}${answers}`, (manager) => `${listsFreshOf(manager)}${answers}`);
  },
  parse: (stdout, minutes) => {
    const answers = linesOf(stdout);
    return new Map(minutes.map((one, index) => [one, { fresh: answers[index] === "yes" }]));
  },
});

/** Whether the host's package lists are younger than so many minutes. */
export const packageLists = (minutes: number): Query<PackageListsState> => of(String(Math.ceil(minutes)));
