import { defineRole, type RoleContext, type Values } from "#lib/dsl/index.ts";
import { PlayError } from "#lib/errors.ts";
import { imageVariables } from "#roles/images/variables.ts";
import { architectures, type Architecture } from "./catalogue.ts";
import { neededComponents } from "./needed.ts";
import { artifacts as inCache } from "./resource.ts";
import { artifactVariables, versionVariables } from "./variables.ts";
import { hostArchitectures, ownArchitecture, type Versions } from "./wanted.ts";

const vars = {
  ...artifactVariables,
  images_registry: imageVariables.images_registry,
  images_names: imageVariables.images_names,
};
type Vars = Values<typeof vars>;
type Names = keyof typeof versionVariables;

const versionsOf = (vars: Readonly<Record<Names, string>>): Versions => ({
  kubernetes_version: vars.kubernetes_version,
  etcd_version: vars.etcd_version,
  containerd_version: vars.containerd_version,
  cni_plugins_version: vars.cni_plugins_version,
  coredns_version: vars.coredns_version,
  registry_version: vars.registry_version,
  crictl_version: vars.crictl_version,
  crane_version: vars.crane_version,
  pause_version: vars.pause_version,
  agnhost_image_version: vars.agnhost_image_version,
});

function ofController(): Architecture {
  const found = architectures.find((one) => one === ownArchitecture);
  if (found) return found;
  throw new PlayError(
    `this machine's architecture is ${ownArchitecture}, and kubeadm, kubectl and crane run here: expected ${architectures.join(" or ")}`,
  );
}

/** The images that are made here: as the role images is told, which runs for the first master. */
function imagesOf({ inventory, varsOf }: Pick<RoleContext<Vars>, "inventory" | "varsOf">): readonly string[] {
  const [first] = inventory.hasGroup("masters") ? inventory.group("masters") : [];
  const own = first && varsOf(first);
  return own === undefined || own.images_registry === "" ? [] : own.images_names;
}

export const artifacts = defineRole({
  name: "artifacts",
  description: "Gets the binaries of the cluster into the controller's cache: downloaded, built or copied.",
  vars,
  tasks: ({ vars, inventory, varsOf }) => {
    const lab = inventory.hasGroup("lab") && inventory.group("lab").length > 0;
    const needed = neededComponents({ lab, images: imagesOf({ inventory, varsOf }) });
    const own = ofController();
    return [
      inCache("Fetch or build what the hosts run", {
        components: vars.artifact_components.length > 0 ? vars.artifact_components : needed,
        architectures: hostArchitectures(vars.artifact_architectures, own),
        controller: own,
        versions: versionsOf(vars),
        source: vars.artifact_source,
        directory: vars.artifact_directory,
        upstreamUrl: vars.artifact_upstream_url,
        upstreamUrls: vars.artifact_upstream_urls,
        verify: vars.artifact_verify,
      }),
    ];
  },
});
