import { Type } from "typebox";
import { defineRole } from "kubeplay";
import { manifests } from "kubeplay/kubernetes";
import { accessOf } from "#cluster/addon/access.ts";
import { addonStates } from "#cluster/addon/states.ts";
import { addonVariables } from "#cluster/addon/variables.ts";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { objects } from "./objects.ts";

export const dashboard = defineRole({
  name: "dashboard",
  description:
    "Headlamp, the cluster in a browser: `kubectl -n dashboard port-forward service/headlamp 8080:80`. Sign in with a token: `kubectl -n dashboard create token dashboard-viewer`.",
  vars: {
    ...addonVariables,
    headlamp_version: versionVariables.headlamp_version,
    dashboard_state: addonStates.dashboard_state,
    dashboard_image: Type.String({
      default: "ghcr.io/headlamp-k8s/headlamp",
      description: "Headlamp's image, without the tag.",
    }),
    dashboard_replicas: Type.Integer({ default: 1, minimum: 1, description: "The number of pods." }),
    dashboard_admin: Type.Boolean({
      default: false,
      description: "Whether there is also an account dashboard-admin, whose tokens give access to the whole cluster.",
    }),
  },
  tasks: ({ vars, inventory }) => {
    const access = accessOf(vars, inventory);
    if (vars.dashboard_state === "absent")
      return [manifests("Remove its objects", { ...access, set: "dashboard", state: "absent" })];
    const image = `${vars.dashboard_image}:v${vars.headlamp_version}`;
    const options = { image, replicas: vars.dashboard_replicas, admin: vars.dashboard_admin };
    return [manifests("Apply its objects", { ...access, set: "dashboard", objects: objects(options) })];
  },
});
