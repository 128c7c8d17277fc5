import { Type } from "typebox";
import { versionVariables } from "#artifacts/catalogue/variables.ts";

export const corednsImageVariables = {
  coredns_version: versionVariables.coredns_version,
  coredns_image: Type.String({
    default: "registry.k8s.io/coredns/coredns",
    description: "CoreDNS's image, without the tag.",
  }),
};

export const imageOf = (vars: { readonly coredns_image: string; readonly coredns_version: string }): string =>
  `${vars.coredns_image}:v${vars.coredns_version}`;
