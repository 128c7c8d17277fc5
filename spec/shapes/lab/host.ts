import { labHosts } from "../../lab-hosts.ts";

/** Hosts that are made to be what a spec says of them, from their console: their doors may be shut then. */
export const { target } = labHosts("spec/shapes/lab/hosts.yaml", "spec/shapes/lab/play.ts");
export { onConsole as on } from "../../console.ts";
