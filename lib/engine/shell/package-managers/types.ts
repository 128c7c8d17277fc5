/** A package as a package manager shall install it. */
export interface NamedPackage {
  readonly name: string;
  /** Such as "i686"; undefined is the host's own. */
  readonly architecture?: string;
  /** Undefined is any. */
  readonly version?: string;
}

/**
 * A package manager beside apt. Its commands are for sh, and run with LC_ALL=C. Names are words of the shell, quoted.
 */
export interface PackageManager {
  readonly name: string;
  /** The os-release identifiers of its distributions, a pattern of `case`. */
  readonly distributions: string;
  /** Files and folders that say where packages come from: package lists that are older are outdated. */
  readonly sources: string;
  /** Prints "installed TAB version TAB name TAB architecture TAB install" for each that is installed. */
  readonly installed: (names: string) => string;
  /** Prints the names of packages that are on hold, one a line; undefined if it has no holds. */
  readonly held?: string;
  /** Prints which packages have newer versions, by the lists that are there. Fails if it cannot tell. */
  readonly newer: (names: string) => string;
  /** The command s of sed that makes "name version" of a line of it. */
  readonly newerRow: string;
  /**
   * Shell functions: `update` fetches the package lists, `install`, `latest` and `remove` get packages, `hold` and
   * `unhold` get names. Each fails with a reason on stderr.
   */
  readonly functions: string;
  /** The argument for `install`, unquoted. Throws TaskError for what the package manager cannot do. */
  readonly argument: (one: NamedPackage) => string;
}
