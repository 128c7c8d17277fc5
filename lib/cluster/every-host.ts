import { defineResource, queries, TaskError } from "kubeplay";

/** Says that all tasks of a host before it succeeded. Never a change. */
export const hostDone = defineResource({
  kind: "rotation report",
  label: ({ host }: { readonly host: string }) => host,
  needs: () => ({ root: queries.path("/") }),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: () => true,
});

export interface EveryHostProps {
  readonly hosts: readonly string[];
  /** What each of them must do: "trusts the new CAs". */
  readonly what: string;
  /** Whether a host does, by its name. */
  readonly [host: `host ${string}`]: boolean;
}

/** Fails unless every host has reported. Never a change. */
export const everyHost = defineResource({
  kind: "rotation gate",
  label: ({ what }: EveryHostProps) => what,
  needs: () => ({ root: queries.controllerFile("/etc/hostname") }),
  diff: (_now, p) => {
    const others = p.hosts.filter((host) => p[`host ${host}`] !== true);
    if (others.length === 0) return [];
    throw new TaskError(
      `not every host ${p.what}: ${others.join(", ")}. The old ones stay in use; repair these hosts, and play again`,
    );
  },
  apply: () => [],
  forecast: () => ({}),
});
