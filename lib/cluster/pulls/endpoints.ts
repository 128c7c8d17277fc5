import type { Values } from "kubeplay";
import { referenceName, type ImageReference } from "#artifacts/images/reference.ts";
import type { containerdVariables } from "../containerd-variables.ts";

type Mirrors = Values<Pick<typeof containerdVariables, "containerd_mirrors">>["containerd_mirrors"];

/** An endpoint from which a host may pull an image: that of a mirror, or of the image's registry. */
export interface RegistryEndpoint {
  /** The address of the image's manifest. */
  readonly url: string;
  readonly insecure: boolean;
  /** PEM, or a file on the host; undefined for the host's own authorities. */
  readonly ca?: string | undefined;
  /** The value of the header Authorization. */
  readonly authorization?: string | undefined;
}

/** Docker's registry answers under another name than that of its images. */
const serverOf = (host: string): string => (host === "docker.io" ? "registry-1.docker.io" : host);

const basic = ({ username, password }: { readonly username: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** The endpoints of an image in containerd's order: its registry's mirrors, those of all registries, the registry. */
export function endpointsOf(image: ImageReference, mirrors: Mirrors): readonly RegistryEndpoint[] {
  const { host, repository, tag, digest } = image;
  const path = `${repository}/manifests/${digest ?? tag}`;
  // containerd takes the folder _default only if the registry has none of its own.
  const own =
    mirrors.find(({ registry }) => registry === host) ?? mirrors.find(({ registry }) => registry === "_default");
  const ofMirrors = (own?.endpoints ?? []).map((endpoint) => {
    const base = endpoint.replace(/\/+$/, "");
    return {
      url: `${base}${own?.override_path === true ? "" : "/v2"}/${path}?ns=${host}`,
      insecure: own?.skip_verify === true,
      ca: own?.ca,
      authorization: own?.login && basic(own.login),
    };
  });
  return [...ofMirrors, { url: `https://${serverOf(host)}/v2/${path}`, insecure: false }];
}

/** The names that containerd and kubelets have for the image: by its tag, and by its digest if that is known. */
export const namesOf = (image: ImageReference): readonly string[] => [
  referenceName(image),
  ...(image.digest === undefined ? [] : [`${image.host}/${image.repository}@${image.digest}`]),
];
