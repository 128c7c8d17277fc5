import { quote } from "kubeplay";

/** The host's own disk, as far as it matters: overlays of containers cannot lie on an overlay. */
export const volumeOf = (name: string): string => `${name}-lib`;

/** Of all that the lab keeps beside its containers; its value is their network. */
export const networkLabel = "kubeplay.network";

export const makeVolume = (volume: string, network: string): string =>
  `{ podman volume exists ${quote(volume)} || podman volume create --label ${quote(`${networkLabel}=${network}`)} ${quote(volume)}; }`;

/** What the lab did not make stays, and so does what a container has. */
export const removeVolume = (volume: string, network: string): string => `{ ! podman volume exists ${quote(volume)} ||
  if [ "$(podman volume inspect --format '{{index .Labels "${networkLabel}"}}' ${quote(volume)})" = ${quote(network)} ]; then
    podman volume rm ${quote(volume)}
  else
    echo ${quote(`there is a volume ${volume} that the lab did not make: rename or remove it`)} >&2; false
  fi; }`;
