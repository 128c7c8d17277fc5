import { defineRole, directory, file, InputError, type Inventory, keyPathOf } from "kubeplay";
import { manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { certificatePath, servingCertificate } from "#cluster/addon/certificate.ts";
import { both } from "#cluster/addon/both.ts";
import { claimOf, hasClaims } from "#cluster/addon/claims.ts";
import { placeFor } from "#cluster/addon/data-place.ts";
import { texts } from "#cluster/addon/texts.ts";
import { nodeFor } from "#cluster/addon/volume.ts";
import { hasLab, nodesOf } from "#cluster/members.ts";
import { certsFolder, onlyRegistries } from "#cluster/registry-folders.ts";
import { noLeftovers } from "#cluster/undo/leftovers.ts";
import { endpoint } from "#cluster/urls.ts";
import { htpasswd } from "./passwords.ts";
import { name, namespace, objects, workload } from "./objects.ts";
import { trustBundle } from "#cluster/paths.ts";
import { registryPlace } from "#cluster/registry-place.ts";
import { registryVariables, usualFolder } from "./variables.ts";

/** The password in hosts.yaml as shipped. Users who replace its hosts with their own machines may forget the rest. */
const ofLab = "lab-password";

interface RegistryPlace {
  readonly registry_node: string;
  readonly registry_port: number;
}

function addressOf({ registry_node }: RegistryPlace, inventory: Inventory): string {
  const node = nodeFor("registry_node", registry_node, inventory);
  return nodesOf(inventory).find((one) => one.name === node)?.address ?? node;
}

export const registry = defineRole({
  name: "registry",
  description:
    "A registry for your own images: TLS with the cluster's CA, users with passwords, a volume on one node, garbage collected each night.",
  vars: registryVariables,
  // On the node that had it.
  undo: ({ vars }) => [
    noLeftovers("Remove the registry's images", {
      folder: vars.registry_path === "" ? usualFolder : vars.registry_path,
      names: ["docker"],
    }),
  ],
  tasks: ({ vars, inventory }) => {
    const access = accessOf(vars, inventory);
    const state = vars.registry_state;
    const ips = [addressOf(vars, inventory)];
    const certificate = servingCertificate(vars, { service: name, namespace, ips, state });
    if (state === "absent") return [manifests("Remove its objects", { ...access, set: name, state }), certificate];
    if (Object.keys(vars.registry_users).length === 0)
      throw new InputError([
        {
          message:
            "registry_users is empty: expected a name and a password, e.g. registry_users: { admin: … } with the password from a vault, or registry_state: absent",
        },
      ]);
    if (!hasLab(inventory) && Object.values(vars.registry_users).includes(ofLab))
      throw new InputError([
        {
          message: "registry_users has the lab's password, which is public: expected one of your own, from a vault",
        },
      ]);
    const path = certificatePath(vars.cluster_name, name);
    const pem = texts("Read its certificate", { files: { certificate: path, key: keyPathOf(path) } });
    const place = placeFor(
      "Find the place of the images",
      {
        ...{ access, addon: name, workload, namespace },
        // Clients use the address of this node.
        node: nodeFor("registry_node", vars.registry_node, inventory),
        ...{ path: vars.registry_path, claim: name, claims: hasClaims(vars), folder: usualFolder },
      },
      inventory,
    );
    const options = {
      image: `${vars.registry_image}:${vars.registry_version}`,
      port: vars.registry_port,
      schedule: vars.registry_garbage_schedule,
      htpasswd: htpasswd(vars.cluster_name, vars.registry_users),
    };
    const pair = both("Put the place and the certificate together", place.output, pem.output);
    const made = pair.output.map(([found, { certificate = "", key = "" }]) =>
      objects({ ...options, place: found.place, certificate, key }),
    );
    return [
      place,
      certificate,
      pem,
      pair,
      manifests("Apply its objects", { ...access, set: name, objects: made }),
      claimOf(place.output, {
        access,
        namespace,
        size: vars.registry_size,
        storageClass: vars.addon_storage_class,
      }),
    ];
  },
});

const mark = "# The cluster's own registry.";

/** containerd reads it at each pull, so nothing is restarted. */
const hostsToml = (server: string, ca: string): string =>
  `${mark}\nserver = "https://${server}"\n\n[host."https://${server}"]\n  ca = "${ca}"\n`;

export const registryTrust = defineRole({
  name: "registry-trust",
  description: "Makes a node's container runtime trust the certificate of the cluster's registry.",
  vars: registryPlace,
  tasks: ({ vars, inventory }) => {
    const server = endpoint(addressOf(vars, inventory), vars.registry_port);
    const folder = `${certsFolder}/${server}`;
    const only = (...registries: string[]) =>
      onlyRegistries("Remove former registries", {
        folder: certsFolder,
        mark,
        registries,
        beside: ["ca.crt"],
      });
    if (vars.registry_state === "absent") return [only()];
    return [
      directory("Create the registry's directory", { path: folder, mode: 0o755 }),
      file("Copy the cluster's CA", { src: trustBundle(vars.cluster_name, "kubernetes-ca"), dest: `${folder}/ca.crt` }),
      file("Configure containerd to trust it", {
        dest: `${folder}/hosts.toml`,
        content: hostsToml(server, `${folder}/ca.crt`),
      }),
      only(server),
    ];
  },
});
