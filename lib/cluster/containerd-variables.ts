import { Type } from "typebox";
import { Secret } from "kubeplay";
import { versionVariables } from "#artifacts/catalogue/variables.ts";
import { goVariables } from "./go-processors.ts";
import { rollingVariables } from "./gates.ts";
import { patienceVariables, programVariables } from "./variables.ts";
import { proxyVariables } from "./proxy.ts";
import { nodeVariables } from "./node-variables.ts";

export const containerdVariables = {
  ...programVariables,
  ...goVariables,
  ...proxyVariables,
  ...rollingVariables,
  component_patience: patienceVariables.component_patience,
  containerd_version: versionVariables.containerd_version,
  runc_version: versionVariables.runc_version,
  pause_version: versionVariables.pause_version,
  containerd_sandbox_image: Type.Optional(
    Type.String({
      description:
        "The image that holds each pod's namespaces, never garbage-collected; registry.k8s.io/pause with pause_version if not set.",
    }),
  ),
  containerd_systemd_cgroup: nodeVariables.containerd_systemd_cgroup,
  containerd_restrict_oom_score_adj: Type.Boolean({
    default: false,
    description:
      "Keep the OOM scores of containers at or above containerd's own, for hosts that are containers themselves.",
  }),
  containerd_oom_score_adjust: Type.Union([Type.Integer({ minimum: -1000, maximum: 1000 }), Type.Null()], {
    default: -999,
    description:
      "containerd's OOM score adjustment: the lower, the less likely the kernel ends it when memory runs out. null leaves it to systemd.",
  }),
  containerd_stats_interval: Type.Integer({
    default: 1,
    minimum: 1,
    description:
      "Seconds between two measurements of every container's CPU use, for the CRI's rates. Each measurement wakes the shim of every container.",
  }),
  containerd_mirrors: Type.Array(
    Type.Object(
      {
        registry: Type.String({ pattern: "^[a-z0-9.-]+(:[0-9]+)?$|^_default$" }),
        endpoints: Type.Array(Type.String({ pattern: '^https?://[^\\s"\\\\]+$' }), { minItems: 1 }),
        skip_verify: Type.Optional(Type.Boolean()),
        override_path: Type.Optional(
          Type.Boolean({ description: "The endpoints are complete: containerd appends no /v2 to their paths." }),
        ),
        ca: Type.Optional(
          Type.String({
            pattern: '^(/[^\\s"\\\\]+|\\s*-----BEGIN CERTIFICATE-----[\\s\\S]*)$',
            description: "The authorities of the endpoints' certificates: PEM, or an absolute path on the host.",
          }),
        ),
        login: Type.Optional(
          Secret(
            Type.Object(
              { username: Type.String({ pattern: "^[^:]+$" }), password: Type.String({ minLength: 1 }) },
              { additionalProperties: false },
            ),
          ),
        ),
      },
      { additionalProperties: false },
    ),
    {
      default: [],
      description:
        "Mirrors that are tried for images of a registry before the registry itself. Mirrors that are no longer listed are removed; no change restarts anything.",
    },
  ),
};
