import { expect } from "chai";
import { defineResource, packages, packageUpgrade, type Task } from "kubeplay";
import { keep, namesOf, twice } from "../lib/engine/resources/keep.ts";
import { host, on } from "./lab/host.ts";

const name = "kubeplay-spec";
const mirror = "/srv/mirror";

/** A mirror with one package: it answers 503 twice before it serves a .deb. */
const server = `
use IO::Socket::INET;
my $listening = IO::Socket::INET->new(LocalAddr => "127.0.0.1:3199", Listen => 9, ReuseAddr => 1) or die;
my %asked;
while (my $client = $listening->accept) {
  my ($path) = <$client> =~ m{^GET /(?:\\./)?(\\S+)};
  while (<$client>) { last if /^\\r?$/ }
  my $busy = $path =~ /deb$/ && $asked{$path}++ < 2;
  if ($busy) { print $client "HTTP/1.1 503 Service Unavailable\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n" }
  elsif (open my $file, "<", "${mirror}/$path") {
    local $/; my $body = <$file>;
    print $client "HTTP/1.1 200 OK\\r\\nContent-Length: " . length($body) . "\\r\\nConnection: close\\r\\n\\r\\n$body";
  }
  else { print $client "HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n" }
  close $client;
}`;

const makeMirror = `
mkdir -p ${mirror}/${name}/DEBIAN && cd ${mirror}
for version in 1 2; do
  file=${name}-$version.deb
  printf 'Package: ${name}\\nVersion: %s\\nArchitecture: all\\nMaintainer: spec <spec@example.org>\\nDescription: a spec\\n' $version > ${name}/DEBIAN/control
  dpkg-deb --build --root-owner-group ${name} $file >/dev/null
  { cat ${name}/DEBIAN/control; echo "Filename: ./$file"; stat -c 'Size: %s' $file; echo "SHA256: $(sha256sum $file | cut -d ' ' -f 1)"; echo; } >> Packages
done
printf 'Label: Spec\nSuite: spec-security\nSHA256:\n %s %s Packages\n' "$(sha256sum < Packages | cut -d ' ' -f 1)" "$(stat -c %s Packages)" > Release
echo 'deb [trusted=yes] http://127.0.0.1:3199/ ./' > /etc/apt/sources.list.d/spec.list
echo 'Acquire::http::Proxy::127.0.0.1 "DIRECT";' > /etc/apt/apt.conf.d/99-spec
cat > server.pl
setsid perl server.pl >/dev/null 2>&1 </dev/null & echo $! > server.pid`;

/** The same task, whose resource forgets to do its work. */
function idle({ name, does, props }: Task): Task {
  if (!("resource" in does)) throw new Error(`${name} acts`);
  return defineResource({ ...does.resource, apply: () => [] })(name, { ...props });
}

/** Temporary conditions while packages are installed: another program's locks, a busy mirror. */
describe("apt on a Debian host", function () {
  this.timeout(600_000);
  const wanted = packages("p", { names: [name], cacheValid: 0 });
  const status = () => on(`dpkg-query -W -f '\${Status}' ${name} 2>/dev/null || echo none`);

  before(() => on(`printf '%s' '${server.replaceAll("'", "'\\''")}' | { ${makeMirror}\n}`));
  after(() =>
    on(
      `kill "$(cat ${mirror}/server.pid)"; rm -rf ${mirror} /etc/apt/sources.list.d/spec.list /etc/apt/apt.conf.d/99-spec`,
    ),
  );
  afterEach(async () => {
    await keep(await host(), packages("p", { names: [name], state: "absent" }));
    await on("apt-get clean");
  });

  it("retries a mirror that answers 503 twice", async () => {
    await keep(await host(), wanted);
    expect(await status()).to.equal("install ok installed");
  });

  it("installs the wanted version, and later the next one", async () => {
    for (const [wanted, installed] of [
      [`${name}=1`, "1"],
      [`${name}:all=1*`, "1"],
      [`${name}=2`, "2"],
    ] as const) {
      await twice(await host(), packages("p", { names: [wanted], cacheValid: 0 }));
      expect(await version(), wanted).to.equal(`${installed} install`);
    }
  });

  const refused = async (task: Task) =>
    keep(await host(), task).then(String, (error: unknown) => (error as Error).message);
  const version = () => on(`dpkg-query -W -f '\${Version} \${db:Status-Want}' ${name}`);
  /** As the first task, which fetches the lists. */
  const first = async () => keep(await host(), packages("p", { names: [`${name}=1`], cacheValid: 0 }));

  it("holds a version, changes it although it is held, and lets it go", async () => {
    const held = (one: string, hold = true) => packages("p", { names: [one], hold });
    await first();
    expect(await twice(await host(), held(`${name}=1`))).to.deep.equal([`hold of ${name}`]);
    expect(await on("apt-get -s dist-upgrade")).not.to.include(`Inst ${name}`);
    expect(await twice(await host(), held(`${name}=2`))).to.deep.equal([`${name}=2`]);
    expect(await version()).to.equal("2 hold");
    await refused(held(`${name}=9`));
    expect(await version(), "after a failure").to.equal("2 hold");
    expect(await twice(await host(), held(name, false))).to.deep.equal([`hold of ${name}`]);
    expect(await version()).to.equal("2 install");
  });

  it("follows the newest version, by lists that are newer than their sources", async () => {
    const latest = packages("p", { names: [name, `${name}-none`], state: "latest" });
    await first();
    expect(await refused(latest)).to.include(`Unable to locate package ${name}-none`);
    const task = packages("p", { names: [name], state: "latest" });
    expect(await twice(await host(), task)).to.deep.equal([name]);
    expect(await version()).to.equal("2 install");
    await on("touch /etc/apt/sources.list.d/spec.list");
    expect(await twice(await host(), task)).to.deep.equal(["package lists"]);
    await on(
      "touch -d '2 days ago' /var/lib/kubeplay/apt-updated /var/lib/apt/lists /etc/apt/sources.list.d/* /etc/apt/sources.list.d; touch -c -d '2 days ago' /etc/apt/sources.list",
    );
    expect(namesOf(await keep(await host(), task))).to.deep.equal(["package lists"]);
  });

  it("installs a file in its version, if no one else can have chosen it", async () => {
    const file = (number: number) => packages("p", { names: [`${mirror}/${name}-${String(number)}.deb`] });
    await twice(await host(), file(1));
    expect(await version()).to.equal("1 install");
    await twice(await host(), file(2));
    expect(await version()).to.equal("2 install");
    expect(await refused(file(1))).to.include("downgraded");
    await on(`cp ${mirror}/${name}-1.deb /tmp/its.deb && chown daemon /tmp/its.deb`);
    expect(await refused(packages("p", { names: ["/tmp/its.deb"] }))).to.match(
      /others can swap|can be changed by other users/,
    );
    await on("mv /tmp/its.deb /srv/mirror/its.deb");
    expect(await refused(packages("p", { names: ["/srv/mirror/its.deb"] }))).to.include(
      "can be changed by other users",
    );
    expect(await version()).to.equal("2 install");
  });

  it("upgrades what has security updates, or all, and nothing that is held", async () => {
    const security = packageUpgrade("u", { scope: "security" });
    await first();
    await on(`apt-mark hold -q ${name}`);
    expect(namesOf(await keep(await host(), security))).not.to.include(name);
    await on(`apt-mark unhold -q ${name}`);
    expect(await twice(await host(), security)).to.deep.equal([name]);
    expect(await version()).to.equal("2 install");
    await keep(await host(), packages("p", { names: [name], state: "absent" }));
    await first();
    expect(await twice(await host(), packageUpgrade("u", { scope: "full" }))).to.include(name);
    await keep(await host(), packages("p", { names: [name], state: "absent" }));
    await first();
    expect(await refused(idle(security))).to.equal(`did not converge: ${name} is 1, expected 2`);
  });

  it("changes no held package, and says so", async () => {
    await keep(await host(), packages("p", { names: [`${name}=1`], cacheValid: 0 }));
    await on(`apt-mark hold -q ${name}`);
    for (const task of [packages("p", { names: [`${name}=2`] }), packages("p", { names: [name], state: "absent" })]) {
      const message = await keep(await host(), task).then(String, (error: unknown) => (error as Error).message);
      expect(message).to.include(`held packages, which kubeplay does not change: ${name}`);
    }
    await on(`apt-mark unhold -q ${name}`);
  });

  it("finds installed packages by each name that apt has for them", async () => {
    const own = await on("dpkg --print-architecture");
    const names = ["adduser", `adduser:${own}`, "adduser:all", "bash:any", "bash:native", `bash:${own}`];
    expect(await keep(await host(), packages("p", { names }))).to.deep.equal([]);
  });

  for (const lock of ["/var/lib/apt/lists/lock", "/var/cache/apt/archives/lock", "/var/lib/dpkg/lock-frontend"])
    it(`waits while unattended-upgrades holds ${lock}`, async () => {
      // Locks like apt, with fcntl, for ten seconds.
      const hold = `use Fcntl; open(F, ">", "${lock}") or die; my $l = pack("s s x4 l! l! i x4", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $l) or die; sleep 10`;
      await on(`setsid perl -e '${hold}' >/dev/null 2>&1 </dev/null & sleep 1`);
      const began = Date.now();
      await keep(await host(), wanted);
      expect(await status()).to.equal("install ok installed");
      expect(Date.now() - began, "milliseconds, of the ten seconds that it is held").to.be.above(5000);
    });
});
