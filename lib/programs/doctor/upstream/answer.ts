/** What came of one address that a site needs. */
export interface Answer {
  /** "https://dl.k8s.io/…", "registry.k8s.io/pause:3.10.2", or the index of a source of apt. */
  readonly address: string;
  /** What needs it: "etcd 3.7.3", "the hosts' pods". */
  readonly neededBy: string;
  /** Who asked: "the controller", or a host's name. */
  readonly from: string;
  /** Why it cannot be had; undefined if it can. */
  readonly problem?: string;
  /** The site does without it, because another one answers. */
  readonly isSpare?: true;
}

/** What needs the sources of a host's apt. */
export const ofApt = "Debian's packages";
