import type { Task } from "kubeplay";
import { pullable, type PullableProps } from "./pullable.ts";
import { unseenImages, type UnseenProps } from "./known.ts";

/** The name by which the check can be skipped. */
export const imagesCheck = "Images";

/** Checks that a host can pull its images. A registry is asked only for images that no node has yet. */
export function imageTasks(props: UnseenProps & PullableProps): readonly Task[] {
  const { host, ctr, cluster, images, mirrors, proxy } = props;
  if (images.length === 0) return [];
  const unseen = unseenImages("List the images that no node has yet", { host, ctr, cluster, images });
  return [unseen, pullable("Check that the host can pull its images", { host, images: unseen.output, mirrors, proxy })];
}
