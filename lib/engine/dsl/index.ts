export { defineRole, undone, type RoleDefinition } from "./define-role.ts";
export type { Role, RoleContext, Values, VarSpecs } from "./role.ts";
export { play, playbook, type Play, type Playbook } from "./play.ts";
