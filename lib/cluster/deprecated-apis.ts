/** A deprecated version of an API that a client has used. */
export interface DeprecatedApi {
  /** "flowschemas of flowcontrol.apiserver.k8s.io/v1beta3" */
  readonly api: string;
  /** The minor version of Kubernetes that does not have it any more, such as "1.38"; empty if none is set. */
  readonly removed: string;
}

/**
 * Those that an API server's metrics name, since it started:
 * apiserver_requested_deprecated_apis{group="",removed_release="1.38",resource="x",subresource="",version="v1"} 1
 */
export function deprecatedIn(metrics: string): readonly DeprecatedApi[] {
  return [...metrics.matchAll(/^apiserver_requested_deprecated_apis\{(.*)\} [1-9]/gm)].map(([, labels = ""]) => {
    const of = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
    const group = of("group") === "" ? "" : `${of("group")}/`;
    return { api: `${of("resource")} of ${group}${of("version")}`, removed: of("removed_release") };
  });
}
