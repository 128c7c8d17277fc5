import { defineResource, type Needs, queries, TaskError } from "kubeplay";

export interface HostHasProps {
  readonly host: string;
  /** Files on the host → their originals on the controller. */
  readonly files: Readonly<Record<string, string>>;
  /** Those of programs that the host may not run. */
  readonly mayLack?: readonly string[];
}

type Files = Readonly<Record<`on host ${string}`, queries.PathState>> &
  Readonly<Record<`original of ${string}`, queries.ControllerFileState>>;

/**
 * Says that all tasks of a host before it succeeded, and that it has these files as the controller has them. Never a
 * change.
 */
export const hostHas = defineResource({
  kind: "host's report",
  label: ({ host }: HostHasProps) => host,
  needs: ({ files }): Needs<Files> =>
    Object.fromEntries(
      Object.entries(files).flatMap(([file, original]) => [
        [`on host ${file}`, queries.path(file)],
        [`original of ${file}`, queries.controllerFile(original)],
      ]),
    ) as Needs<Files>,
  diff: (now: Files, { files, mayLack = [] }) => {
    for (const [file, original] of Object.entries(files)) {
      const [there, here] = [now[`on host ${file}`], now[`original of ${file}`]];
      if (there?.type === "absent" && mayLack.includes(file)) continue;
      if (there?.type === "file" && here && there.sha256 === here.sha256) continue;
      throw new TaskError(`${file} is not what ${original} is on the controller: play again`);
    }
    return [];
  },
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
