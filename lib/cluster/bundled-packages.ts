import { Type } from "typebox";

/** The folder of a host with the Debian packages of a bundle. */
export const aptFolder = "/var/lib/kubeplay/debian";

/** Files in it that make apt use nothing else. The host's own sources stay as they are. */
export const aptFiles = {
  sources: "sources.list",
  lists: "lists",
  configuration: "apt.conf",
  text: [
    `Dir::Etc::sourcelist "${aptFolder}/sources.list";`,
    `Dir::Etc::sourceparts "-";`,
    `Dir::State::lists "${aptFolder}/lists/";`,
    "",
  ].join("\n"),
} as const;

export const bundledPackageVariables = {
  host_debian_packages: Type.String({
    default: "",
    description:
      "The bundle's debian.tar on the controller, an apt repository: hosts install their packages from it alone. If empty, from their own sources.",
  }),
};

/** The environment of apt on a host that installs from a bundle. */
export const bundledApt = (tarball: string): Readonly<Record<string, string>> =>
  tarball === "" ? {} : { APT_CONFIG: `${aptFolder}/${aptFiles.configuration}` };
