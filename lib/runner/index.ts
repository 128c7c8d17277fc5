export type { Emit, HostRecap, Outcome, RunEvent, ShownDifference, TaskName, TaskResult } from "./events.ts";
export { Journal } from "./journal.ts";
export { Mask } from "./mask.ts";
export type { RunOptions } from "./options.ts";
export { contextOf, hostsOf } from "./hosts-of.ts";
export { rehearse } from "./rehearse.ts";
export { run, type RunInput } from "./run.ts";
export { plan } from "./plan.ts";
export { assignmentsOf, Variables } from "./variables.ts";
