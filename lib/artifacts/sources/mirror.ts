import type { WantedComponent } from "../catalogue/wanted.ts";
import type { SourceOptions } from "./fetch-request.ts";

/** The mirror's address of a URL or image of the catalogue; unchanged if no mirror is set. */
export function mirrored(url: string, wanted: WantedComponent, options: SourceOptions): string {
  const { scheme = "", rest = "" } = /^(?<scheme>https?:\/\/)?(?<rest>.*)$/.exec(url)?.groups ?? {};
  const own = options.upstreamUrls?.[wanted.component.name];
  if (own) return own.replace(/\/+$/, "") + rest.slice(rest.indexOf("/"));
  // A mirror of files does not serve images.
  if (options.upstreamUrl && scheme) return `${options.upstreamUrl.replace(/\/+$/, "")}/${rest}`;
  return url;
}
