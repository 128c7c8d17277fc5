import { expect } from "chai";
import { packages, quote, type PackagesProps, type Task } from "kubeplay";
import { keep as keepOn, predict as predictOn, twice as twiceOn } from "../lib/engine/resources/keep.ts";
import { host, on } from "./lab/host.ts";

const folder = "/srv/package-managers";

/** With another package: zypper fails once the last one is removed. */
const rpms = `mkdir -p rpm && for package in kp-tool:1 kp-tool:2 kp-base:1; do
  printf 'Name: %s\\nVersion: %s\\nRelease: 1\\nSummary: A tool\\nLicense: MIT\\nBuildArch: noarch\\n%%description\\nA tool\\n%%files\\n' \
    "\${package%:*}" "\${package#*:}" > one.spec
  rpmbuild -bb --quiet --define "_rpmdir $PWD/rpm" --define "_topdir $PWD/top" one.spec
done && createrepo_c --quiet rpm && rpm --install --replacepkgs rpm/noarch/kp-base-1-1.noarch.rpm`;
const repository = `[kp]\nname=kp\nbaseurl=file://${folder}/rpm\nenabled=1\ngpgcheck=0\n`;

interface Manager {
  readonly name: string;
  readonly debian: readonly string[];
  readonly id: string;
  /** Prepares a repository with kp-tool 1 and 2. */
  readonly prepare: string;
  readonly versions: readonly [string, string];
}

/** Debian has these package managers as well. The host says that it is another distribution while they are tried. */
const managers: readonly Manager[] = [
  {
    name: "dnf",
    debian: ["dnf", "dnf-plugins-core", "rpm", "createrepo-c"],
    id: "ID=rocky\nID_LIKE='rhel centos fedora'\n",
    // Debian's dnf wants keys for all repositories.
    prepare: `${rpms} && mkdir -p /etc/yum.repos.d && printf %s ${quote(repository)} > /etc/yum.repos.d/kp.repo &&
sed -i 's/^gpgcheck=.*/gpgcheck=0/' /etc/dnf/dnf.conf && echo 1 > /etc/dnf/vars/releasever`,
    versions: ["1-1", "2-1"],
  },
  {
    name: "zypper",
    debian: ["zypper", "rpm", "createrepo-c"],
    id: "ID=opensuse-leap\nID_LIKE='suse opensuse'\n",
    prepare: `${rpms} && mkdir -p /etc/zypp/repos.d && printf %s ${quote(repository)} > /etc/zypp/repos.d/kp.repo`,
    versions: ["1-1", "2-1"],
  },
];

for (const { name, debian, id, prepare, versions } of managers)
  describe(`packages by ${name} on a host`, function () {
    this.timeout(600_000);
    const [old, latest] = versions;
    const task = (p: Partial<PackagesProps> = {}): Task => packages("p", { names: ["kp-tool"], ...p });
    const twice = async (p?: Partial<PackagesProps>) => twiceOn(await host(), task(p));
    const version = () => on("rpm -q --queryformat '%{EVR}' kp-tool || true");
    const failure = (work: Promise<unknown>) => work.then(String, (error: unknown) => (error as Error).message);

    before(async () => {
      await keepOn(await host(), packages("p", { names: debian }));
      await on(`rm -rf ${folder} && mkdir -p ${folder} && cd ${folder} && ${prepare}`);
      await on(`rm /etc/os-release && printf %s ${quote(id)} > /etc/os-release`);
    });
    after(() => on("ln -sf ../usr/lib/os-release /etc/os-release; rm -f /var/lib/kubeplay/package-lists"));
    afterEach(async () => {
      await keepOn(await host(), task({ hold: false }));
      await keepOn(await host(), task({ state: "absent" }));
    });

    it("installs a version, later the newest one, and removes it", async () => {
      expect(await twice({ names: [`kp-tool=${old}`] })).to.deep.equal([`kp-tool=${old}`]);
      expect(await version()).to.equal(old);
      expect(await twice()).to.deep.equal([]);
      expect(await twice({ state: "latest" })).to.include("kp-tool");
      expect(await version()).to.equal(latest);
      expect(await twice({ state: "absent" })).to.deep.equal(["kp-tool"]);
      expect(await version()).to.contain("not installed");
    });

    it("keeps a version that is on hold, unless the task is about holds", async () => {
      expect(await twice({ names: [`kp-tool=${old}`], hold: true })).to.include("hold of kp-tool");
      expect(await failure(twice({ names: [`kp-tool=${latest}`] }))).not.to.equal("kp-tool");
      expect(await version()).to.equal(old);
      expect(await twice({ names: [`kp-tool=${latest}`], hold: true })).to.deep.equal([`kp-tool=${latest}`]);
      expect(await version()).to.equal(latest);
      expect(await twice({ hold: false })).to.deep.equal(["hold of kp-tool"]);
    });

    it("fails for a package that does not exist, and for a Debian package", async () => {
      expect(await failure(twice({ names: ["kp-none"] }))).to.match(/kp-none/);
      expect(await failure(predictOn(await host(), task({ names: ["kp-tool", "/srv/a.deb"] })))).to.contain(
        `this host has ${name}: expected a name`,
      );
    });
  });

describe("packages by pacman on a host", function () {
  this.timeout(600_000);
  const task = (p: Partial<PackagesProps> = {}): Task => packages("p", { names: ["kp-tool"], ...p });
  const twice = async (p?: Partial<PackagesProps>) => twiceOn(await host(), task(p));
  const version = () => on("pacman -Q kp-tool || true");
  const failure = (work: Promise<unknown>) => work.then(String, (error: unknown) => (error as Error).message);
  const publish = (version: number) =>
    on(`cd ${folder} && printf 'pkgname = kp-tool\\npkgver = ${String(version)}-1\\npkgdesc = A tool\\narch = any\\nsize = 0\\n' > .PKGINFO &&
tar -czf kp-tool-${String(version)}-1-any.pkg.tar.gz .PKGINFO && repo-add -q kp.db.tar.gz kp-tool-${String(version)}-1-any.pkg.tar.gz
# Pacman fetches only a later list, and compares seconds.
touch -d '+${String(version)} minutes' kp.db.tar.gz
rm -f /var/lib/kubeplay/package-lists`);

  before(async () => {
    await keepOn(await host(), packages("p", { names: ["pacman-package-manager", "makepkg", "libarchive-tools"] }));
    await on(`rm -rf ${folder} && mkdir -p ${folder}`);
    await publish(1);
    await on(`cp /etc/pacman.conf ${folder}/before
printf '[kp]\nSigLevel = Never\nServer = file://${folder}\n' >> /etc/pacman.conf`);
    await on(
      "rm /etc/os-release && echo ID=arch > /etc/os-release; pacman -R --noconfirm kp-tool 2>/dev/null; rm -f /var/cache/pacman/pkg/kp-tool* /var/lib/pacman/sync/kp.db",
    );
  });
  after(() =>
    on(`ln -sf ../usr/lib/os-release /etc/os-release; rm -f /var/lib/kubeplay/package-lists
cp ${folder}/before /etc/pacman.conf`),
  );

  it("installs the newest version, keeps one that is on hold, and removes it", async () => {
    expect(await twice({ hold: true })).to.deep.equal(["kp-tool", "hold of kp-tool"]);
    expect(await version()).to.equal("kp-tool 1-1");
    await publish(2);
    expect(await twice()).to.deep.equal([]);
    expect(await failure(twice({ state: "latest" }))).to.contain("kp-tool is on hold by IgnorePkg");
    expect(await twice({ state: "latest", hold: true })).to.include("kp-tool");
    expect(await version()).to.equal("kp-tool 2-1");
    expect(await twice({ hold: false })).to.deep.equal(["hold of kp-tool"]);
    expect(await on(`diff ${folder}/before /etc/pacman.conf | grep -c Ignore || true`)).to.equal("0");
    expect(await twice({ state: "absent" })).to.deep.equal(["kp-tool"]);
  });

  it("fails for a package that does not exist, and in a check for a version", async () => {
    expect(await failure(twice({ names: ["kp-none"] }))).to.contain("target not found: kp-none");
    expect(await failure(predictOn(await host(), task({ names: ["kp-tool=1-1"] })))).to.contain(
      "pacman installs only the newest version",
    );
  });
});
