import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { identityFor } from "../server/certificate.ts";
import { network, sh, siteRegistry } from "./machines.ts";

const container = `${network}-registry`;
export const registryUrl = `https://${siteRegistry}:5000`;

/** Starts the registry of a bundle at the site, with TLS, and returns the file with its certificate authority. */
export async function startRegistry(bundle: string, version: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const ca = path.join(folder, "ca.pem");
  const { cert, key } = await identityFor([], ca, [siteRegistry]);
  writeFileSync(path.join(folder, "tls.crt"), cert);
  writeFileSync(path.join(folder, "tls.key"), key);
  const image = sh(`cd ${bundle} && podman pull --quiet oci:images:docker.io/library/registry:${version}`);
  sh(`podman --runtime runc run --detach --quiet --name ${container} --network ${network} --ip ${siteRegistry} \\
  --volume ${folder}:/tls:ro --env REGISTRY_HTTP_TLS_CERTIFICATE=/tls/tls.crt --env REGISTRY_HTTP_TLS_KEY=/tls/tls.key \\
  --env OTEL_TRACES_EXPORTER=none --ulimit nofile=20000:20000 --ulimit nproc=4096:4096 ${image}`);
  return ca;
}

export function stopRegistry(): void {
  sh(`image=$(podman inspect --format '{{.Image}}' ${container} 2>/dev/null) || exit 0
podman rm --force --volumes --time 5 ${container} && podman rmi "$image"`);
}
