import type { Checks } from "./checked.ts";

/** Checks that a run with --limit has the hosts that take part when a new node joins a running cluster. */
export const joinChecks: Checks = {
  JoinLimit: ({ found, nodes, reached, masters, cni }) => {
    const joined = found.live?.nodes.map(({ name }) => name);
    const fresh = joined ? reached.filter((name) => !joined.includes(name)) : [];
    if (!joined || fresh.length === 0) return undefined;
    const who = fresh.join(", ");
    if (!masters.some(({ name }) => reached.includes(name)))
      return `this run has no master, but masters approve the serving certificate of ${who} and label its node: add them, as in --limit '${fresh.join(":")}:masters'`;
    const without = nodes.filter((name) => joined.includes(name) && !reached.includes(name));
    return cni === "bridge" && without.length > 0
      ? `this run has not ${without.join(", ")}, which need routes to the pods of ${who}: run without --limit. If they are down, skip this check, and run again once they are back`
      : undefined;
  },
};
