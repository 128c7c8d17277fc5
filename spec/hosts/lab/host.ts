import type { Writer } from "#engine/connection/types.ts";
import { labHosts } from "../../lab-hosts.ts";

const lab = labHosts("spec/hosts/lab/hosts.yaml");

/** The target of the specs' host: over SSH, as a user who becomes root through sudo. */
export const target = lab.target("spec-1");
export const host = (): Promise<Writer> => lab.host("spec-1");
export const on = (command: string): Promise<string> => lab.on("spec-1", command);
