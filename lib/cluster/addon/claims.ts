import { Type } from "typebox";
import type { Output } from "kubeplay";
import { type ApiAccess, manifest } from "kubeplay/kubernetes";
import type { DataPlace } from "./data-place.ts";
import { addonStates } from "./states.ts";
import { claimObject } from "./volume.ts";

/** The variables of addons that have data. */
export const claimVariables = {
  storage_state: addonStates.storage_state,
  addon_storage_class: Type.String({
    default: "",
    description:
      "The StorageClass of the addons' claims. If empty, the cluster's default; with storage_state absent, addons then have no claims.",
  }),
};

export const claimSize = (value: string, what: string) =>
  Type.String({ default: value, pattern: "^[0-9]+[KMGT]i$", description: what });

/** Whether the addons' data is in claims. */
export const hasClaims = (vars: { readonly storage_state: string; readonly addon_storage_class: string }): boolean =>
  vars.storage_state === "present" || vars.addon_storage_class !== "";

interface Wanted {
  readonly access: ApiAccess;
  readonly namespace: string;
  readonly size: string;
  readonly storageClass: string;
}

/**
 * The claim of an addon's data, if that is its place. Not one of the addon's objects: those are removed with it, or made
 * anew if the API refuses a change, and the data would be lost.
 */
export const claimOf = (place: Output<DataPlace>, { access, ...wanted }: Wanted) =>
  manifest("Claim its volume", {
    ...access,
    manifest: place.map(({ place: at, size = wanted.size }) =>
      // Few classes can change the size of a claim that exists.
      claimObject("claim" in at ? at : { claim: "none" }, { ...wanted, size }),
    ),
  }).when(place.map(({ place: at }) => "claim" in at));
