export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** A release that is one file a binary, its digest beside it. */
interface Files {
  readonly file: string;
  readonly checksum: string;
}
/** Where the binaries are in an archive or an image: a text for all, or one for each. */
export type Member = string | Readonly<Record<string, string>>;
/** A release that is one archive. */
interface Archive {
  readonly archive: string;
  readonly member: Member;
  readonly checksum: string;
}
/** A release that is only to be had as an image. */
interface Image {
  readonly image: string;
  readonly member: Member;
}
/** Path in the tree → path in what it is taken from. */
export type Paths = Readonly<Record<string, string>>;
/**
 * A chart, manifests or sources: of an archive, these paths. A repository of charts tells its digest in its index;
 * a source archive has no digest beside it, and only the lock file knows it again.
 */
export interface TreeArchive {
  readonly tree: string;
  readonly paths: Paths;
  /** index.yaml of the repository of charts, and the chart's name and version in it. */
  readonly index?: { readonly url: string; readonly chart: string; readonly version: string };
}
export type Upstream = Files | Archive | Image | TreeArchive;

/** Built by `go build` in a module of our own that requires `requires`. */
export interface GoBuild {
  readonly kind: "go";
  readonly requires: readonly string[];
  /** Modules that `of` requires at `at`, which exists nowhere but in its own repository, are taken at `by`. */
  readonly replace?: { readonly of: string; readonly at: string; readonly by: string };
  /** A module whose own lines `replace` are repeated: Go reads those of the main module only. */
  readonly repeats?: string;
  /** Binary → its package. */
  readonly packages: Readonly<Record<string, string>>;
  /** Binary → the package whose tests it is, by `go test -c`. */
  readonly tests?: Readonly<Record<string, string>>;
  /** Variables that the linker sets, so that --version tells the truth. */
  readonly stamps?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
}
/** One C file of a Go module, linked statically. */
export interface CBuild {
  readonly kind: "c";
  readonly module: string;
  readonly source: string;
  readonly binary: string;
  readonly defines: Readonly<Record<string, string>>;
}
/** Files of a Go module as they are, in one .tgz. */
export interface TreeBuild {
  readonly kind: "tree";
  readonly module: string;
  readonly paths: Paths;
}
/** Programs out of a package of Debian, for what cannot be built from a Go module. */
export interface DebianProgram {
  readonly kind: "debian";
  readonly package: string;
  /** Binary → its path in the package. */
  readonly files: Readonly<Record<string, string>>;
}
/** A root file system of Debian packages, as a tar: what images stand on whose programs need others. */
export interface DebianRoot {
  readonly kind: "debian-root";
  readonly packages: readonly string[];
  /** Shell patterns of what stays out of it, in the packages' own paths. */
  readonly without?: readonly string[];
}
export type Build = GoBuild | CBuild | TreeBuild | DebianProgram | DebianRoot;

export interface Component {
  readonly name: string;
  /** The variable that holds its version, without a leading "v". */
  readonly variable: string;
  /** What of it comes into the cache, each under its own name: programs, or the one file of a tree. */
  readonly binaries: readonly string[];
  /** The controller runs or reads one of them: it comes for its architecture too. */
  readonly onController?: true;
  /** Absent where Debian's own archive is the place: then all sources but "directory" take it from there. */
  readonly upstream?: Upstream;
  readonly build: Build;
}
