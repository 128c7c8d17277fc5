import { defineRole, type Role, type RoleContext, type Values } from "kubeplay";
import { imagesFrom, madeHere } from "#cluster/images-from.ts";
import { imageSourceVariables } from "#cluster/image-variables.ts";
import { hasLab } from "#cluster/members.ts";
import { neededComponents } from "#artifacts/images/needed.ts";
import {
  artifactsAhead as inTheBackground,
  artifacts as inCache,
  type ArtifactsProps,
} from "#artifacts/store/resource.ts";
import { setNames, type ImageSet } from "#artifacts/catalogue/sets.ts";
import { setVariables, wantedSets } from "#cluster/artifact-sets.ts";
import { artifactVariables } from "#artifacts/catalogue/variables.ts";
import { hostArchitectures, ofController, versionsOf } from "#artifacts/catalogue/wanted.ts";

const vars = { ...artifactVariables, ...setVariables, ...imageSourceVariables };
type Vars = Values<typeof vars>;

/** The artifacts of these sets. As in the role `images`, the variables of the first master decide. */
function propsFor(only: readonly ImageSet[] | "all", { vars, inventory, varsOf }: RoleContext<Vars>): ArtifactsProps {
  const [first] = inventory.hasGroup("masters") ? inventory.group("masters") : [];
  const own = first ? varsOf(first) : vars;
  const wanted = wantedSets(own);
  const sets = only === "all" ? wanted : wanted.filter((set) => only.includes(set));
  const architectures = hostArchitectures(own.artifact_architectures, ofController());
  const images = own.images_registry === "" ? undefined : imagesFrom(own, inventory);
  const recipes = images === "build" ? madeHere(sets, versionsOf(own), architectures, inventory) : [];
  const named = vars.artifact_components;
  const needed = neededComponents(sets, {
    lab: hasLab(inventory),
    recipes,
    copiesImages: images === "official",
  });
  return {
    // Components that are requested by name come with the first set.
    components: named.length === 0 ? needed : sets.includes("base") ? named : [],
    architectures,
    controller: ofController(),
    versions: versionsOf(own),
    source: vars.artifact_source,
    directory: vars.artifact_directory,
    upstreamUrl: vars.artifact_upstream_url,
    upstreamUrls: vars.artifact_upstream_urls,
    debianMirror: vars.artifact_debian_mirror,
    leastSpeed: vars.artifact_least_speed,
    requirePins: vars.artifact_require_pins,
    verifySignatures: vars.artifact_verify_signatures,
    trustedRoot: vars.artifact_trusted_root,
    verify: vars.artifact_verify,
  };
}

const common = { name: "artifacts", vars } as const;

/** Runs early: the work that it starts continues while hosts are prepared. */
export const artifactsAhead = defineRole({
  ...common,
  description: "Starts to download, build or copy the cluster's binaries into the controller's cache.",
  tasks: (context) => [
    inTheBackground("Start to fetch and build the artifacts that the cluster needs", propsFor("all", context)),
  ],
});

/** Waits for the artifacts of a set, in the play that uses them. */
export const artifactsFor = (set: ImageSet): Role<Vars> =>
  defineRole({
    ...common,
    description: `Fills the controller's cache with the artifacts that ${setNames[set]}: downloaded, built or copied.`,
    tasks: (context) => {
      const props = propsFor([set], context);
      return props.components.length === 0
        ? []
        : [inCache(`Fetch or build the artifacts that ${setNames[set]}`, props)];
    },
  });
