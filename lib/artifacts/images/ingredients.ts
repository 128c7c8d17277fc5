import { PlayError } from "#engine/errors.ts";
import { catalogue } from "../catalogue/index.ts";
import type { Origin, Recipe } from "./recipe.ts";

type Version = (variable: string) => string;

/** Helpers for recipes: artifacts by their names in the catalogue, at the configured versions. */
export interface Ingredients {
  readonly architecture: string;
  readonly version: Version;
  readonly program: (binary: string) => Origin;
  /** A path of a tree, such as cilium-files. */
  readonly part: (tree: string, member: string) => Origin;
  /** One of the root file systems: "cilium" is the component cilium-root. */
  readonly root: (name: string) => string;
}

export function ingredients(versions: Readonly<Record<string, string>>, architecture: string): Ingredients {
  const version: Version = (variable) => {
    const found = versions[variable];
    if (found !== undefined) return found;
    throw new PlayError(`an image needs the variable ${variable}, which is not set`);
  };
  const artifact = (binary: string): string => {
    const component = catalogue.find(({ binaries }) => binaries.includes(binary));
    if (component) return `${binary}@${version(component.variable)}/${architecture}`;
    throw new PlayError(`an image needs ${binary}, which no component of the catalogue provides`);
  };
  return {
    architecture,
    version,
    program: (binary) => ({ artifact: artifact(binary) }),
    part: (tree, member) => ({ artifact: artifact(tree), member }),
    root: (name) => {
      const component = catalogue.find((one) => one.name === `${name}-root`);
      if (component?.binaries[0] !== undefined) return artifact(component.binaries[0]);
      throw new PlayError(`base root file system ${name} is not in the catalogue`);
    },
  };
}

/** Files of a root file system that images without one contain, as the official images do. */
export const certificates: Recipe["files"] = {
  "/etc/ssl/certs/ca-certificates.crt": { file: "/etc/ssl/certs/ca-certificates.crt" },
};
export const users: Recipe["files"] = {
  "/etc/passwd": {
    content: [
      "root:x:0:0:root:/root:/bin/sh",
      "nobody:x:65534:65534:nobody:/nonexistent:/bin/false",
      "nonroot:x:65532:65532:nonroot:/home/nonroot:/bin/false",
      "",
    ].join("\n"),
  },
  "/etc/group": { content: "root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n" },
};
