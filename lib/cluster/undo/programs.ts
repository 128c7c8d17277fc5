import { file, service, type Task, unit } from "kubeplay";

/** Stops a unit, also for the next boot. */
export const stopped = (name: string): Task => service(`Stop ${name}`, { name, state: "stopped", enabled: false });

/** Stops a unit, and removes its file. */
export const noUnit = (name: string): readonly Task[] => [
  stopped(name),
  unit(`Remove the unit of ${name}`, { name, state: "absent" }),
];

/** Stops a timer, and removes it with its service. A run of that may still be at work, and ends by itself. */
export const noTimer = (name: string): readonly Task[] => [
  ...noUnit(`${name}.timer`),
  unit(`Remove the unit of ${name}.service`, { name: `${name}.service`, state: "absent" }),
];

/** Removes files. */
export const noFiles = (...paths: readonly string[]): readonly Task[] =>
  paths.map((dest) => file(`Remove ${dest}`, { dest, state: "absent" }));
