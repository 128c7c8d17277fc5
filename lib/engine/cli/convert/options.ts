import { Command } from "commander";

/** The command line of `kubeplay convert`. In a file of its own: completing a line loads no converter. */
export const convertOptions = (): Command =>
  new Command("kubeplay convert")
    .description(
      "Convert a role of Ansible to a role of kubeplay. Parts that have no counterpart become tasks that fail.",
    )
    .argument("<folder>", "the role, such as roles/web")
    .option(
      "--to <folder>",
      "the folder of the new role; by default roles/NAME, beside Ansible's files if they are there",
    );
