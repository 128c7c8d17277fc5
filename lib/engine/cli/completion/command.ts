import { RootCommand } from "@bomb.sh/tab";
import { Argument, Command } from "commander";
import { parse } from "../parse.ts";

const shells = ["bash", "zsh", "fish", "powershell"];

/** The options of `kubeplay completion`. */
export const completionOptions = (): Command =>
  new Command("kubeplay completion")
    .description("Print a script that completes commands, options, playbooks, tags, hosts and roles in a shell.")
    .addArgument(new Argument("<shell>", "the shell that reads the script").choices(shells))
    .addHelpText(
      "after",
      `
bash:  source <(kubeplay completion bash)
zsh:   source <(kubeplay completion zsh)
fish:  kubeplay completion fish | source`,
    );

/** `kubeplay completion SHELL`: prints the shell's script, which calls `kubeplay complete`. Returns the exit code. */
export function completionCommand(args: readonly string[]): number {
  const command = completionOptions();
  if (parse(command, args)) new RootCommand().setup("kubeplay", "kubeplay", command.args[0] ?? "");
  return 0;
}
