import type { GroupState } from "../../queries/group.ts";
import { people, type PeopleState } from "../../queries/people.ts";
import { user } from "../../queries/user.ts";
import { quote } from "../../shell/quote.ts";
import { effect, type Difference } from "../../tasks/resource.ts";
import { prop } from "../../tasks/properties.ts";
import { defineResource } from "../../tasks/task.ts";
import { checkKnownName } from "./account.ts";

/** The properties of `pruneUsers`. */
export interface PruneUsersProps {
  /** If it does not exist, there is nobody to remove. */
  readonly group: string;
  /** The names of the users that stay. */
  readonly keep: readonly string[];
}

interface PruneUsersNow {
  readonly people: PeopleState;
}

/**
 * A group without the users that nothing names: whoever is taken out of a list of the role leaves the host. Only people
 * are removed, whose numbers are 1000 to 60000. Their homes stay. The task fails if one of them has running programs.
 *
 * @example
 * pruneUsers("Remove people who left", { group: "webmasters", keep: vars.people.map(({ name }) => name) });
 */
export const pruneUsers = defineResource({
  kind: "prune users",
  props: { group: prop.text, keep: prop.listOf(prop.text) },
  label: (p: PruneUsersProps) => p.group,
  locate: (p) => {
    checkKnownName("group", p.group);
    for (const name of p.keep) checkKnownName("user", name);
    return p;
  },
  needs: (p) => ({ people: people(p.group) }),
  diff: (now: PruneUsersNow, p): Difference[] =>
    surplus(now, p).map((name) => ({ what: name, before: "present", after: "absent" })),
  apply: (found) => found.map(({ what }) => `userdel -- ${quote(what)}`),
  forecast: (now, p) => ({ people: now.people.filter((name) => p.keep.includes(name)) }),
  effects: (_p, found) => {
    const gone = found.map(({ what }) => what);
    return [
      "everything",
      ...gone.map((name) => effect(user(name), undefined)),
      { kind: "group", becomes: without(gone) },
    ];
  },
  makesOnlyItself: true,
});

const surplus = ({ people: there }: PruneUsersNow, { keep }: PruneUsersProps): string[] =>
  there.filter((name) => !keep.includes(name));

/** userdel removes a group with the user's name, too, unless it has other members. */
const without =
  (gone: readonly string[]) =>
  (state: unknown, key: string): GroupState | undefined => {
    const group = state as GroupState | undefined;
    if (!group) return undefined;
    const members = group.members.filter((member) => !gone.includes(member));
    return gone.includes(group.name ?? key) && members.length === 0 ? undefined : { ...group, members };
  };
