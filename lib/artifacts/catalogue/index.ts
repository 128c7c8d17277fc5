import type { Component } from "./component.ts";
import { addons } from "./addons.ts";
import { ciliumComponents } from "./cilium.ts";
import { debian } from "./debian.ts";
import { ofHosts } from "./hosts.ts";
import { kubernetes } from "./kubernetes.ts";
import { monitoring } from "./monitoring.ts";
import { tests } from "./tests.ts";

/**
 * The components that can be fetched or built: one entry each, as data. Texts may contain placeholders, see `fill`:
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
