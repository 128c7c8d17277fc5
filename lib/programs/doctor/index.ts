/**
 * For a project's own checks, in files of its folder doctor/.
 *
 * @example
 * import { answer, defineCheck, script } from "kubeplay/doctor";
 */
export { answer, defineCheck, type Check, type CheckContext, type Finding, type Patient, type Seen } from "./check.ts";
export { script } from "../reading/script.ts";
