/**
 * kubeplay's playbooks, for a project of one's own.
 *
 * @example
 * // playbooks/site.ts
 * export { site as default } from "kubeplay/playbooks";
 */

export { default as adopt } from "./adopt.ts";
export { default as addons } from "./addons.ts";
export { default as backup } from "./backup.ts";
export { default as certs } from "./certs.ts";
export { default as drill } from "./drill.ts";
export { default as encryption } from "./encryption.ts";
export { default as lab } from "./lab.ts";
export { default as remove } from "./remove.ts";
export { default as reset } from "./reset.ts";
export { default as restore } from "./restore.ts";
export { default as site } from "./site.ts";
export { default as upgrade } from "./upgrade.ts";
