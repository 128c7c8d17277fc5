import path from "node:path/posix";
import { defineResource, quote, type Difference, type Query } from "kubeplay";
import { refusal, useApi, type Api, type ApiAccess } from "kubeplay/kubernetes";
import { apiQuery } from "#kubernetes/api/api-query.ts";
import type { Unreachable } from "#kubernetes/api/kubernetes-api.ts";
import { nodePath } from "#kubernetes/drain/node-state.ts";
import { unreachable } from "#kubernetes/manifests/unreachable.ts";

/** On a node that an upgrade took out of service: whether it took pods before. */
const annotation = "kubeplay.io/before-upgrade";
type Before = "schedulable" | "cordoned";

type Service =
  | Unreachable
  | { readonly type: "absent" }
  | { readonly type: "present"; readonly unschedulable: boolean; readonly before: Before | undefined };

interface Listed {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly unschedulable?: boolean };
}

async function look(api: Api, node: string): Promise<Service> {
  const answer = await api.ask("GET", nodePath(node));
  if (answer.status === 404) return { type: "absent" };
  if (answer.status !== 200) throw refusal(`the node ${node} cannot be read`, answer);
  const { metadata, spec } = answer.body as Listed;
  const before = metadata.annotations?.[annotation];
  return {
    type: "present",
    unschedulable: spec?.unschedulable ?? false,
    before: before === undefined ? undefined : before === "cordoned" ? "cordoned" : "schedulable",
  };
}

interface Asked extends ApiAccess {
  readonly node: string;
}

const of = apiQuery("node service", look);
const serviceOf = ({ node, ...access }: Asked): Query<Service> => of(access, node);

async function patch(api: Api, node: string, unschedulable: boolean, before: Before | null): Promise<void> {
  const body = { metadata: { annotations: { [annotation]: before } }, spec: { unschedulable } };
  const answer = await api.ask("PATCH", nodePath(node), { type: "application/merge-patch+json", body });
  if (answer.status !== 200) throw refusal(`the node ${node} cannot be changed`, answer);
}

const present = (now: Service): Extract<Service, { type: "present" }> | undefined => {
  if (now.type === "unreachable") throw unreachable(now);
  return now.type === "present" ? now : undefined;
};

/** What the resources of lib/kubernetes/drain see of the node afterwards. */
const drainSees = (unschedulable: boolean) => ({
  kind: "node",
  becomes: (state: unknown) => ({ ...(state as object), unschedulable }),
});

export interface OutOfServiceProps extends ApiAccess {
  readonly node: string;
  /** On the host: written when the upgrade of the node begins. */
  readonly begun: string;
}

/** Cordons a node for an upgrade, and remembers whether somebody had done so before. */
export const outOfService = defineResource({
  kind: "node service",
  label: ({ node }: OutOfServiceProps) => node,
  needs: (p) => ({ now: serviceOf(p) }),
  diff: ({ now }): Difference[] => {
    const node = present(now);
    return node && node.before === undefined ? [{ what: "service", before: "in", after: "out" }] : [];
  },
  apply: (_found, { now }, p) => [
    `umask 022; mkdir -p -- ${quote(path.dirname(p.begun))} && : > ${quote(p.begun)}`,
    {
      onController: (progress, stopping) =>
        useApi(p, { progress, stopping }, (api) =>
          patch(api, p.node, true, present(now)?.unschedulable ? "cordoned" : "schedulable"),
        ),
    },
  ],
  forecast: ({ now }): { now: Service } => ({
    now: now.type === "present" ? { type: "present", unschedulable: true, before: beforeOf(now) } : now,
  }),
  effects: ({ begun }) => [{ below: path.dirname(begun) }, drainSees(true)],
});

const beforeOf = ({ unschedulable }: { readonly unschedulable: boolean }): Before =>
  unschedulable ? "cordoned" : "schedulable";

/** Ends what `outOfService` began: a node that was cordoned before stays so. */
export const backInService = defineResource({
  kind: "node service",
  label: ({ node }: Asked) => node,
  needs: (p) => ({ now: serviceOf(p) }),
  diff: ({ now }): Difference[] =>
    present(now)?.before === undefined ? [] : [{ what: "service", before: "out", after: "in" }],
  apply: (_found, { now }, p) => [
    {
      onController: (progress, stopping) =>
        useApi(p, { progress, stopping }, (api) => patch(api, p.node, present(now)?.before === "cordoned", null)),
    },
  ],
  forecast: ({ now }): { now: Service } => ({
    now:
      now.type === "present" ? { type: "present", unschedulable: now.before === "cordoned", before: undefined } : now,
  }),
  effects: () => [drainSees(false)],
});
