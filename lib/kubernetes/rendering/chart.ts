import { artifact, type ArtifactState } from "#engine/queries/artifact.ts";
import type { Manifest } from "../api/manifest.ts";
import { prop } from "#engine/tasks/properties.ts";
import { defineResource } from "#engine/tasks/task.ts";
import { changed, type ExtraObjects, type Changes } from "./changes.ts";
import { template, type Release } from "./helm.ts";
import { mustBeThere, rendering, type RenderingState } from "./query.ts";

/** Props of `chart`: the release that helm renders, and changes of its objects. */
export interface ChartProps extends Release, Changes, ExtraObjects {
  /** Artifact key of the chart's .tgz: "cilium-chart@1.20.0/amd64". */
  readonly chart: string;
  /** Artifact key of the program helm: "helm@4.1.0/amd64". */
  readonly helm: string;
}

interface ChartNow {
  readonly archive: ArtifactState;
  readonly program: ArtifactState;
  readonly objects: RenderingState;
}

/**
 * Renders the objects of a chart on the controller and returns them as its output. If an earlier task fetches the chart
 * or helm, the output is known after apply. Otherwise a missing artifact is an error.
 *
 * @example
 * const rendered = chart("Render its chart", {
 *   chart: "web-chart@1.0.0/amd64",
 *   helm: "helm@4.1.0/amd64",
 *   release: "web",
 *   namespace: "web",
 *   kubeVersion: "1.37.2",
 *   values: { replicas: 2 },
 * });
 * return [rendered, manifests("Apply its objects", { kubeconfig, set: "web", objects: rendered.output })];
 */
export const chart = defineResource({
  kind: "chart",
  props: {
    chart: prop.text,
    helm: prop.text,
    release: prop.text,
    namespace: prop.text,
    values: prop.object,
    kubeVersion: prop.text,
    apiVersions: prop.optional(prop.listOf(prop.text)),
    patches: prop.optional(prop.listOf(prop.object)),
    without: prop.optional(prop.listOf(prop.object)),
    beside: prop.optional(prop.listOf(prop.object)),
  },
  label: (p: ChartProps) => p.chart,
  needs: (p) => ({
    archive: artifact(p.chart),
    program: artifact(p.helm),
    objects: rendering({
      artifacts: [p.helm, p.chart],
      inputs: { ...p, beside: [] },
      render: async ([program = "", file = ""]) => changed(await template(program, file, p), p, p.chart),
    }),
  }),
  diff: ({ archive, program }: ChartNow, p) => {
    mustBeThere([p.chart, p.helm], [archive, program]);
    return [];
  },
  apply: () => [],
  forecast: () => ({}),
  output: ({ objects = [] }, { beside = [] }): readonly Manifest[] => [...objects, ...beside],
  reads: true,
});
