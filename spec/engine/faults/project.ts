import { defineRole, play, playbook, type Playbook } from "#lib/dsl/index.ts";
import type { Task } from "#lib/resources/task.ts";

/** One play of one role. */
export const playOf = (...tasks: readonly Task[]): Playbook =>
  playbook([
    play({
      name: "Spec",
      hosts: "all",
      roles: [defineRole({ name: "spec", description: "", vars: {}, tasks: () => tasks })],
    }),
  ]);
