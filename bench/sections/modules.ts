import path from "node:path";
import { ansibleModules } from "../contenders/ansible.ts";
import type { Contender } from "../contenders/contender.ts";
import { kubeplayModules } from "../contenders/kubeplay.ts";
import { environment } from "../environments.ts";
import { bare, inventoryFile, targetsOf } from "../hosts.ts";
import { race } from "../race.ts";
import { standings } from "../standings.ts";
import type { Section } from "./section.ts";

/** The other contenders run no Ansible modules, or, as Mitogen, not Ansible's own way. */
const both: readonly Contender[] = [kubeplayModules, ansibleModules];

/** Measures a hundred calls of Ansible modules on ten hosts, by kubeplay and by Ansible. */
export const modules: Section = async ({ contenders, tasks, repeat, progress }) => {
  const targets = targetsOf(inventoryFile);
  const chosen = both.filter(({ name }) => contenders.some((one) => one.name === name));
  process.env.KUBEPLAY_ANSIBLE_PYTHON = path.join(await environment("ansible", progress), "bin", "python");
  const raced = await race({
    course: { hosts: inventoryFile, tasks },
    contenders: chosen,
    hosts: targets.length,
    repeat,
    firstRuns: true,
    bare: () => bare(targets),
    progress,
  });
  return {
    title: `${tasks} calls of Ansible modules on ${targets.length} hosts`,
    text: standings(raced),
    figures: { raced },
    goals: [],
  };
};
