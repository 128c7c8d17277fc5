import { isNumber, type GroupState } from "../../queries/group.ts";

interface WithGroups {
  readonly group?: string;
  readonly groups?: readonly string[];
}

/** Groups of a user that are named by their numbers. */
export const numberedGroups = ({ group, groups = [] }: WithGroups): string[] =>
  [...(group === undefined ? [] : [group]), ...groups].filter(isNumber);

/** The properties with the names of these groups, as a user's state has them. A number without a group stays. */
export function withGroupNames<Props extends WithGroups>(
  props: Props,
  known: ReadonlyMap<string, GroupState | undefined>,
): Props {
  const named = (group: string): string => known.get(group)?.name ?? group;
  return {
    ...props,
    ...(props.group !== undefined && { group: named(props.group) }),
    ...(props.groups && { groups: props.groups.map(named) }),
  };
}
