import { quote } from "kubeplay";

/** The volume of the host's /var/lib: overlays of containers cannot be on an overlay. */
export const volumeOf = (name: string): string => `${name}-lib`;

/** The label of the lab's volumes and images; its value is the lab's network. */
export const networkLabel = "kubeplay.network";

export const makeVolume = (volume: string, network: string): string =>
  `{ podman volume exists ${quote(volume)} || podman volume create --label ${quote(`${networkLabel}=${network}`)} ${quote(volume)}; }`;

/** Removes a volume that the lab made and that no container uses; fails for any other. */
export const removeVolume = (volume: string, network: string): string => `{ ! podman volume exists ${quote(volume)} ||
  if [ "$(podman volume inspect --format '{{index .Labels "${networkLabel}"}}' ${quote(volume)})" = ${quote(network)} ]; then
    podman volume rm ${quote(volume)}
  else
    echo ${quote(`there is a volume ${volume} that the lab did not make: rename or remove it`)} >&2; false
  fi; }`;
