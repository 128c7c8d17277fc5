import { defineResource, type Query } from "kubeplay";
import { isInUse, programQueries, type ProgramNow, type StagedProgram } from "../staging.ts";

export interface OutdatedProps {
  readonly programs: readonly StagedProgram[];
}

const states = ["path", "installed", "staged", "source"] as const;
type Now = Readonly<Record<string, ProgramNow[keyof ProgramNow]>>;

const stateOf = (now: Now, { artifact }: StagedProgram): ProgramNow =>
  Object.fromEntries(states.map((name) => [name, now[`${artifact} ${name}`]])) as unknown as ProgramNow;

/**
 * Whether one of these programs is on the host in another version than the wanted one. Never a change; its output is the
 * answer.
 */
export const outdated = defineResource({
  kind: "outdated programs",
  label: ({ programs }: OutdatedProps) => programs.map(({ artifact }) => artifact).join(", "),
  needs: ({ programs }): Record<string, Query<ProgramNow[keyof ProgramNow]>> =>
    Object.fromEntries(
      programs.flatMap((program) => {
        const queries = programQueries(program);
        return states.map((name) => [`${program.artifact} ${name}`, queries[name]]);
      }),
    ),
  diff: () => [],
  apply: () => [],
  forecast: () => ({}),
  output: (now: Now, { programs }): boolean =>
    programs.some((program) => {
      const state = stateOf(now, program);
      return state.path.type !== "absent" && !isInUse(state, program);
    }),
});
