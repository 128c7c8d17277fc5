import { defineRole } from "#lib/dsl/index.ts";
import { PlayError } from "#lib/errors.ts";
import { artifact } from "./artifact.ts";
import { architectures, catalogue, type Architecture } from "./catalogue.ts";
import { artifactVariables, versionVariables } from "./variables.ts";
import type { Versions } from "./wanted.ts";

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

function known(architecture: string): Architecture {
  const found = architectures.find((one) => one === architecture);
  if (found) return found;
  throw new PlayError(
    `no binaries for the architecture ${architecture}: set artifact_architectures to ${architectures.join(" or ")}`,
  );
}

export const artifacts = defineRole({
  name: "artifacts",
  description: "Gets the binaries of the cluster into the controller's cache: downloaded, built or copied.",
  vars: artifactVariables,
  tasks: ({ vars, facts }) => {
    const versions = versionsOf(vars);
    const wanted = vars.artifact_architectures.length > 0 ? vars.artifact_architectures : [facts.architecture];
    return wanted.map(known).flatMap((architecture) =>
      catalogue
        .filter(({ name }) => vars.artifact_components.includes(name))
        .map(({ name, variable }) =>
          artifact(`Fetch or build ${name} ${versions[variable]}${wanted.length > 1 ? ` for ${architecture}` : ""}`, {
            component: name,
            versions,
            architecture,
            source: vars.artifact_source,
            directory: vars.artifact_directory,
            upstreamUrl: vars.artifact_upstream_url,
            upstreamUrls: vars.artifact_upstream_urls,
            verify: vars.artifact_verify,
          }),
        ),
    );
  },
});
