import { addressesOf, type Address } from "#artifacts/catalogue/addresses.ts";
import { architectures, type Architecture, type Component } from "#artifacts/catalogue/component.ts";
import { catalogue } from "#artifacts/catalogue/index.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { want, type Versions, type WantedComponent } from "#artifacts/catalogue/wanted.ts";

export { addressesOf, type Address };

export const defaultVersions: Versions = Object.fromEntries(
  Object.entries(versionVariables).map(([name, schema]) => [name, "default" in schema ? String(schema.default) : ""]),
);

export const released: readonly Component[] = catalogue.filter(({ upstream }) => upstream !== undefined);

export const wantedFor = (architecture: Architecture, versions = defaultVersions): WantedComponent[] =>
  released.map((component) => want(component, versions, architecture));

/** Every address of the catalogue, for both architectures. */
export const everyAddress = (versions = defaultVersions): Address[] =>
  architectures.flatMap((architecture) => wantedFor(architecture, versions).flatMap(addressesOf));
