import type { Component } from "./component.ts";
import { addons } from "./catalogue/addons.ts";
import { ciliumComponents } from "./catalogue/cilium.ts";
import { debian } from "./catalogue/debian.ts";
import { ofHosts } from "./catalogue/hosts.ts";
import { kubernetes } from "./catalogue/kubernetes.ts";
import { monitoring } from "./catalogue/monitoring.ts";
import { tests } from "./catalogue/tests.ts";

/**
 * What there is to get: one entry a component, as data. Texts may hold placeholders, see `fill`:
 * {version} {major} {minor} {minor2} {patch} {arch} {machine} {binary}, and {NAME} for any version variable.
 */
export const catalogue: readonly Component[] = [
  ...ofHosts,
  ...kubernetes,
  ...ciliumComponents,
  ...addons,
  ...monitoring,
  ...tests,
  ...debian,
];
