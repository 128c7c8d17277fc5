import { binary, type RoleContext, type Values } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { programIn } from "./staging.ts";
import { programVariables } from "./variables.ts";

/** The variables that `installKubectl` reads. */
export const kubectlVariables = { ...programVariables, kubernetes_version: versionVariables.kubernetes_version };

/** A task that installs kubectl of the cluster's version. */
export const installKubectl = ({ vars, facts }: Pick<RoleContext<Values<typeof kubectlVariables>>, "vars" | "facts">) =>
  binary(
    "Install kubectl",
    programIn("kubectl", {
      version: vars.kubernetes_version,
      architecture: facts.architecture,
      binDir: vars.bin_dir,
    }),
  );
