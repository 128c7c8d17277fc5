import { artifact, type ArtifactState } from "#engine/queries/artifact.ts";
import type { Manifest } from "../api/manifest.ts";
import { defineResource } from "#engine/resources/index.ts";
import { changed, type ExtraObjects, type Changes } from "./changes.ts";
import { template, type Release } from "./helm.ts";
import { mustBeThere, rendering, type RenderingState } from "./query.ts";

export interface ChartProps extends Release, Changes, ExtraObjects {
  /** Keys of artifacts: a chart's .tgz, and the program helm. */
  readonly chart: string;
  readonly helm: string;
}

interface ChartNow {
  readonly archive: ArtifactState;
  readonly program: ArtifactState;
  readonly objects: RenderingState;
}

/** The objects of a chart, rendered on the controller, as an output: known after apply where its files are yet to come. */
export const chart = defineResource({
  kind: "chart",
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
