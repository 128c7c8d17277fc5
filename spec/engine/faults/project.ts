import { defineRole, play, playbook, type Playbook } from "kubeplay";
import type { Task } from "#engine/tasks/task.ts";

/** A playbook with one play of one role. */
export const playOf = (...tasks: readonly Task[]): Playbook =>
  playbook([
    play({
      name: "Spec",
      hosts: "all",
      roles: [defineRole({ name: "spec", description: "", vars: {}, tasks: () => tasks })],
    }),
  ]);
