import { labHosts } from "../../lab-hosts.ts";

/** Ten Debian hosts for the examples. */
export const { target, on } = labHosts("spec/examples/lab/hosts.yaml");
