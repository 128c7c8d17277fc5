export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** The signer of a release, as Sigstore's certificate authority certifies it. */
interface Signer {
  readonly identity: string;
  /** The service that the signer logged in to. */
  readonly issuer: string;
}
/** A signature and its certificate beside each file; the time of signing is in Sigstore's public log. */
export interface DetachedSignature extends Signer {
  readonly signature: string;
  readonly certificate: string;
}
/** A file of attestations, each a line with its proof: how the files were made, and from which source. */
export interface Attestation extends Signer {
  readonly attestation: string;
}
export type Signature = DetachedSignature | Attestation;

/** A release of one file per binary, with its digest beside it. */
interface Files {
  readonly file: string;
  readonly checksum: string;
  readonly signature?: DetachedSignature;
}
/** The path of the binaries in an archive or an image: one text for all, or one for each. */
export type Member = string | Readonly<Record<string, string>>;
/** A release that is one archive. */
interface Archive {
  readonly archive: string;
  readonly member: Member;
  readonly checksum: string;
  readonly signature?: Attestation;
}
/** A release that is only available as an image. */
interface Image {
  readonly image: string;
  readonly member: Member;
}
/** Path in the tree → path in the tree's source. */
export type Paths = Readonly<Record<string, string>>;
/**
 * A chart, manifests or sources: these paths of an archive. A chart repository has the digest in its index.
 * A source archive has no digest beside it; only the lock file pins it.
 */
export interface TreeArchive {
  readonly tree: string;
  readonly paths: Paths;
  /** index.yaml of the chart repository, and the chart's name and version in it. */
  readonly index?: { readonly url: string; readonly chart: string; readonly version: string };
}
export type Upstream = Files | Archive | Image | TreeArchive;

/** C libraries that a program is linked with, statically. */
export interface CLibraries {
  /** Debian's packages of them, for development. */
  readonly packages: readonly string[];
  /** Their names, as for the linker's -l. */
  readonly libraries: readonly string[];
}
/** Built by `go build` in a generated module that requires `requires`. */
export interface GoBuild {
  readonly kind: "go";
  readonly requires: readonly string[];
  /** Replaces version `at` by `by` for modules that `of` requires at `at`, which exists only in its own repository. */
  readonly replace?: { readonly of: string; readonly at: string; readonly by: string };
  /** A module whose `replace` lines are repeated, because Go reads only those of the main module. */
  readonly repeats?: string;
  /** Binary → its package. */
  readonly packages: Readonly<Record<string, string>>;
  /** Binary → the package whose tests it contains, built by `go test -c`. */
  readonly tests?: Readonly<Record<string, string>>;
  /** Variables that the linker sets, so that --version is right. */
  readonly stamps?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  /** Without it, the program is built without C. */
  readonly c?: CLibraries;
  /**
   * Files that a package embeds, and its module lacks because only releases are built with them: path in the module →
   * text. Names that end in .gz get gzip's form.
   */
  readonly stubs?: { readonly module: string; readonly files: Readonly<Record<string, string>> };
}
/** One C file of a Go module, linked statically. */
export interface CBuild {
  readonly kind: "c";
  readonly module: string;
  readonly source: string;
  readonly binary: string;
  readonly defines: Readonly<Record<string, string>>;
}
/** Unchanged files of a Go module, in one .tgz. */
export interface TreeBuild {
  readonly kind: "tree";
  readonly module: string;
  readonly paths: Paths;
}
/** Programs from a Debian package, if they cannot be built from a Go module. */
export interface DebianProgram {
  readonly kind: "debian";
  readonly package: string;
  /** Binary → its path in the package. */
  readonly files: Readonly<Record<string, string>>;
}
/** A root file system of Debian packages, as a tar: the base of images whose programs need other programs. */
export interface DebianRoot {
  readonly kind: "debian-root";
  readonly packages: readonly string[];
  /** Shell patterns of paths in the packages that are left out. */
  readonly without?: readonly string[];
}
export type Build = GoBuild | CBuild | TreeBuild | DebianProgram | DebianRoot;

export interface Component {
  readonly name: string;
  /** The variable that holds its version, without a leading "v". */
  readonly variable: string;
  /** Its files in the cache, each under its own name: programs, or the one file of a tree. */
  readonly binaries: readonly string[];
  /** The controller runs or reads one of the binaries, so they are fetched for its architecture too. */
  readonly onController?: true;
  /** Absent if the component is from Debian's archive: all sources except "directory" then fetch it from there. */
  readonly upstream?: Upstream;
  readonly build: Build;
}
