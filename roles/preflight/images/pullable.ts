import { defineResource, TaskError, type Needs } from "kubeplay";
import { referenceName, type ImageReference } from "#artifacts/images/reference.ts";
import { inWords, isThere } from "#cluster/pulls/answers.ts";
import { manifestOf, type ManifestAnswer } from "#cluster/pulls/manifests.ts";
import { endpointsOf } from "#cluster/pulls/endpoints.ts";

export interface PullableProps {
  readonly host: string;
  /** Images that the host cannot have got yet. */
  readonly images: readonly ImageReference[];
  readonly mirrors: Parameters<typeof endpointsOf>[1];
  readonly proxy: Readonly<Record<string, string>>;
}
type State = Readonly<Record<string, ManifestAnswer>>;

/** Fails with all images that the host cannot pull, each with what its endpoints answered. It never changes anything. */
export const pullable = defineResource({
  kind: "pullable images",
  label: (p: PullableProps) => p.host,
  needs: (p) =>
    Object.fromEntries(
      p.images.map((image) => {
        const name = referenceName(image);
        return [name, manifestOf({ name, endpoints: endpointsOf(image, p.mirrors), proxy: p.proxy })];
      }),
    ) as Needs<State>,
  diff: (now: State, p) => {
    const missing = Object.entries(now).filter(([, answer]) => !isThere(answer));
    if (missing.length === 0) return [];
    const lines = missing.map(([name, answer]) => `${name}: ${answer === "no program" ? "" : inWords(answer)}`);
    throw new TaskError(
      `Images: ${String(missing.length)} of ${String(p.images.length)} images cannot be pulled by this host:\n  ${lines.join("\n  ")}\nSet containerd_mirrors, http_proxy or images_registry: docs/mirrors.md. If the images come to the host in another way: -e '{"preflight_ignore": ["Images"]}'`,
    );
  },
  warnings: (now, p) =>
    Object.values(now).includes("no program")
      ? [`${p.host}: has neither curl nor wget, so whether it can pull its images was not checked`]
      : [],
  apply: () => [],
  forecast: () => ({}),
});
