import { labHosts } from "../../lab-hosts.ts";

/** Hosts that specs reconfigure from their console, because SSH may not work any more. */
export const { target } = labHosts("spec/shapes/lab/hosts.yaml", "spec/shapes/lab/play.ts");
export { onConsole as on } from "../../console.ts";
