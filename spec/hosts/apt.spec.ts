import { expect } from "chai";
import { packages } from "kubeplay";
import { keep, twice } from "../lib/engine/resources/keep.ts";
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
echo 'deb [trusted=yes] http://127.0.0.1:3199/ ./' > /etc/apt/sources.list.d/spec.list
echo 'Acquire::http::Proxy::127.0.0.1 "DIRECT";' > /etc/apt/apt.conf.d/99-spec
cat > server.pl
setsid perl server.pl >/dev/null 2>&1 </dev/null & echo $! > server.pid`;

/** Temporary conditions while packages are installed: another program's locks, a busy mirror. */
describe("apt on a Debian host", function () {
  this.timeout(180_000);
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
    const version = () => on(`dpkg-query -W -f '\${Version}' ${name}`);
    for (const [wanted, installed] of [
      [`${name}=1`, "1"],
      [`${name}:all=1*`, "1"],
      [`${name}=2`, "2"],
    ] as const) {
      await twice(await host(), packages("p", { names: [wanted], cacheValid: 0 }));
      expect(await version(), wanted).to.equal(installed);
    }
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
