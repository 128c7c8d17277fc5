import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as resources from "kubeplay";
import type { Task } from "kubeplay";

const { daemonReload, handler, reload, request, restart, run } = resources;

/** Makes the files that the tasks need in a role's folder. */
export function furnish(folder: string): void {
  for (const name of ["files", "templates", "tree"]) mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, "templates/t.hbs"), "one {{word}}\n");
  writeFileSync(path.join(folder, "files/program"), "#!/bin/sh\necho works\n");
  writeFileSync(path.join(folder, "files/script"), `#!/bin/sh\ntouch ${at}/by-script\n`);
  writeFileSync(path.join(folder, "tree/inside"), "inside\n");
  execFileSync("tar", ["-C", path.join(folder, "tree"), "-cf", path.join(folder, "files/a.tar"), "."]);
}

const at = "/srv/every";
const someKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"a".repeat(43)} every`;
const unit = "[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n";

/** A script that prepares a host so that each task has something to do, also tasks that remove something. */
export const prepared = [
  // What an earlier run of the same tasks left.
  "systemctl disable --quiet --now every old 2>/dev/null; rm -rf /etc/systemd/system/every.service* /usr/local/bin/every",
  "umount /srv/every-mount /srv/every-old-mount 2>/dev/null; touch /etc/fstab && sed -i '/ .srv.every-/d' /etc/fstab",
  `rm -rf ${at} /home/every /etc/cron.d/every /etc/apt/sources.list.d/every.sources; userdel every 2>/dev/null; groupdel every 2>/dev/null; rm -f /etc/sysctl.d/*ip_default_ttl* /etc/modules-load.d/tcp_cubic.conf /etc/security/limits.d/every.conf; update-alternatives --remove-all every >/dev/null 2>&1`,
  `mkdir -p ${at}/old/in && cd ${at} && echo old | tee old-file lines text changed old-template old-program old/in/file >/dev/null && ln -s old old-link`,
  "getent passwd old-user >/dev/null || useradd old-user; getent group old-group >/dev/null || groupadd old-group",
  "mkdir -p /etc/security/limits.d /etc/cron.d /etc/apt/sources.list.d /etc/sysctl.d /etc/modules-load.d && echo '@daily root true' > /etc/cron.d/old && echo 'kernel.panic = 1' > /etc/sysctl.d/90-old.conf && echo no_such > /etc/modules-load.d/no_such.conf",
  "printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > /etc/systemd/system/old.service && systemctl daemon-reload && systemctl start old",
  "getent group every-people >/dev/null || groupadd every-people; id every-left >/dev/null 2>&1 || useradd --no-create-home --groups every-people every-left",
  `mkdir ${at}/pruned && touch ${at}/pruned/kept ${at}/pruned/surplus`,
  "mkdir -p /srv/every-old-mount && echo 'tmpfs /srv/every-old-mount tmpfs size=1m 0 0' >> /etc/fstab && mount /srv/every-old-mount",
].join("\n");

/** The host of the engine's specs has this name, and a run of every task gives it another. */
export const restored = `dpkg --purge kubeplay-every >/dev/null 2>&1; rm -f /etc/apt/sources.list.d/every-upgrade.list /etc/logrotate.d/every
nft delete table inet every 2>/dev/null; rm -f /etc/nftables.d/every.nft /etc/systemd/system/firewall-every.service /etc/systemd/system/*/firewall-every.service
echo PURGE | debconf-communicate every >/dev/null 2>&1; [ ! -e /etc/locale.gen ] || sed -i 's/^de_LU.UTF-8/# &/' /etc/locale.gen; rm -rf /usr/lib/locale/locale-archive
hostname engine-1; echo engine-1 > /etc/hostname; rm -f /etc/localtime /etc/sudoers.d/every /etc/apt/sources.list.d/every.sources`;

/** A repository of security updates with a newer version of an installed package, and apt's lists of it. */
const upgradable = `mkdir -p ${at}/apt/of/DEBIAN && cd ${at}/apt
for version in 1 2; do
  printf 'Package: kubeplay-every\\nVersion: %s\\nArchitecture: all\\nMaintainer: a <a@b>\\nDescription: a\\n' $version > of/DEBIAN/control
  dpkg-deb --build --root-owner-group of $version.deb >/dev/null
done
{ cat of/DEBIAN/control; printf 'Filename: ./2.deb\\nSize: %s\\n' "$(stat -c %s 2.deb)"; echo "SHA256: $(sha256sum < 2.deb | cut -d ' ' -f 1)"; } > Packages
printf 'Label: Every\\nSuite: every-security\\nSHA256:\\n %s %s Packages\\n' "$(sha256sum < Packages | cut -d ' ' -f 1)" "$(stat -c %s Packages)" > Release
printf 'Enabled: no\\nTypes: deb\\nURIs: file:/none\\nSuites: ./\\n' > /etc/apt/sources.list.d/every.sources
echo 'deb [trusted=yes] file:${at}/apt ./' > /etc/apt/sources.list.d/every-upgrade.list
dpkg -i 1.deb >/dev/null && apt-get -qq update >/dev/null`;

/** The same for `everyTask`, on a host with packages of its own, where one is there and another is not. */
export const preparedWithPackages = `${prepared}
{ [ -e /var/lib/kubeplay/apt-updated ] || apt-get -qq update; } && dpkg --purge hello >/dev/null 2>&1; apt-get install -qq -y tree curl git busybox locales logrotate nftables tzdata python3-venv >/dev/null; rm -rf /srv/every-ansible
${restored}
systemctl stop every-www 2>/dev/null
mkdir ${at}/www && echo fetched > ${at}/www/file && systemd-run --quiet --unit=every-www --working-directory=${at}/www busybox httpd -f -p 127.0.0.1:8472
git init -q -b main ${at}/repository && cd ${at}/repository && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one
${upgradable}
for try in $(seq 50); do curl -s 127.0.0.1:8472 >/dev/null && break; sleep 0.2; done`;

/** Every kind of resource and of action that kubeplay has, for a host that is prepared with packages. */
export const everyTask = (folder: string): Task[] => [...portableTasks(folder), ...tasksWithPrograms()];

/**
 * Those that need a program, such as git, which a small host has not, or `restored` afterwards, such as the name of
 * the host. Debian's own hosts only.
 */
const tasksWithPrograms = (): Task[] => [
  // Then apt's lists are older than its sources.
  resources.aptRepository("Remove a repository", { name: "every", state: "absent" }),
  resources.packageUpgrade("Install security updates", { scope: "security" }),
  resources.getUrl("Fetch a file", { url: "http://127.0.0.1:8472/file", dest: `${at}/fetched` }).notify(
    // Its server refuses to be told anything.
    handler("Tell", request("Tell the server", { url: "http://127.0.0.1:8472/file", json: {}, status: [501] })),
  ),
  resources.git("Check a repository out", { repo: `${at}/repository`, dest: `${at}/checkout` }),
  resources.sudoers("Write a rule", { name: "every", who: "every", commands: ["/usr/bin/id"] }),
  resources.alternative("Choose a program", {
    ...{ name: "every", path: "/bin/true", link: `${at}/alternative`, priority: 1 },
  }),
  resources.logrotate("Rotate logs", { name: "every", paths: ["/var/log/every.log"], options: ["weekly"] }),
  resources.firewall("Let SSH in", { name: "every", allow: [{ port: 22 }] }),
  resources.locales("Have a locale", { names: ["de_LU.UTF-8"] }),
  resources.debconf("Answer a question", { package: "every", question: "every/one", type: "string", value: "one" }),
  resources.pip("Make an environment of Python", { venv: `${at}/venv`, names: [] }),
  resources.hostname("Name the host", { name: "every-1" }),
  resources.timezone("Set the time zone", { name: "Asia/Shanghai" }),
  resources.ansibleModule("Make a directory by Ansible", {
    ...{ module: "ansible.builtin.file", args: { path: "/srv/every-ansible", state: "directory", mode: "0750" } },
  }),
  resources.uri("Ask a server", { url: "http://127.0.0.1:8472/file" }),
  resources.fail("Fail", { message: "never" }).when(false),
  resources.assert("Assert something", { that: true, message: "never" }),
  resources.debug("Show something", { message: "shown" }),
  resources.addHost("Add a host", { name: "every-added", groups: ["every-new"], vars: { ansible_host: "192.0.2.1" } }),
  resources.groupBy("Group the host", { key: "every-kind", parents: ["every-kinds"] }),
];

/** Every kind that works on any host or, like certificates, on the controller. */
export function portableTasks(folder: string, programs = "/usr/local/bin"): Task[] {
  const pki = (name: string) => path.join(folder, "pki", name);
  const act = handler(
    "Act",
    restart("Restart it", { name: "every" }),
    reload("Reload it", { name: "every" }),
    daemonReload("Have systemd read", {}),
    run("Run something", { run: `touch ${at}/ran` }),
  );
  const present: Task[] = [
    resources.packages("Install a package", { names: ["hello"] }),
    resources.group("Make a group", { name: "every" }),
    resources.user("Make a user", { name: "every", groups: ["every"] }),
    resources.directory("Make a directory", { path: `${at}/new/deep`, mode: 0o750, owner: "every" }),
    resources.file("Write a file", { dest: `${at}/new/file`, content: "new\n", validate: "grep new %s" }),
    resources.file("Change a file", { dest: `${at}/changed`, content: "new\n", mode: 0o600, owner: "every" }),
    resources.file("Copy a file", { dest: `${at}/new/copy`, src: "program" }),
    resources.template("Render a template", { dest: `${at}/rendered`, src: "t.hbs", values: { word: "two" } }),
    resources.link("Make a link", { dest: `${at}/link`, target: "new" }),
    resources.line("Write a line", { path: `${at}/lines`, line: "a=1" }),
    resources.blockInFile("Write a block", { path: `${at}/lines`, block: "b=1" }),
    resources.ini("Set an option", { path: `${at}/lines`, section: "every", option: "k", value: 1 }),
    resources.replace("Replace a word", { path: `${at}/text`, match: "^old$", with: "new" }),
    resources.pruneUsers("Remove users that nothing names", { group: "every-people", keep: ["every"] }),
    resources.prune("Remove what nothing names", { path: `${at}/pruned`, keep: ["kept"] }),
    resources.copyTree("Copy a tree", { src: "../tree", dest: `${at}/new/tree` }),
    resources.authorizedKeys("Let somebody log in", { user: "every", keys: [someKey] }),
    resources.cron("Write a job", { name: "every", schedule: "@daily", run: "true" }),
    resources.knownHosts("Know a host", { name: "every.example.org", keys: [someKey], path: `${at}/known_hosts` }),
    resources.limits("Limit a user", {
      ...{ name: "every", limits: [{ domain: "every", type: "-" as const, item: "nofile" as const, value: 1024 }] },
    }),
    resources.archive("Unpack an archive", { src: "a.tar", dest: `${at}/unpacked` }),
    resources.binary("Install a program", { src: "program", dest: `${programs}/every` }),
    resources.sysctl("Set a parameter", { name: "net.ipv4.ip_default_ttl", value: 61 }),
    resources.kernelModule("Load a module", { name: "tcp_cubic" }),
    resources.mount("Mount a file system", {
      ...{ path: "/srv/every-mount", src: "tmpfs", type: "tmpfs", options: "size=1m,mode=0750" },
    }),
    resources.unit("Write a unit", { name: "every", content: unit }),
    resources.unit("Add to a unit", { name: "every", dropIn: "more", content: "[Service]\nNice=1\n" }),
    resources.service("Start a service", { name: "every", state: "started", enabled: true }),
    resources.command("Run once", { run: `touch ${at}/once`, creates: `${at}/once` }),
    resources.command("Run unless", { run: `touch ${at}/unless`, unless: `test -e ${at}/unless` }),
    resources.command("Run always", { run: `date >> ${at}/always` }),
    resources.script("Run a script", { src: "script", creates: `${at}/by-script` }),
    resources.fetch("Fetch a text", { src: `${at}/new/file`, dest: path.join(folder, "fetched/file") }),
    resources.find("Find something", { path: at }),
    resources.wait("Wait for what is to come", { until: `test -e ${at}/once`, timeout: 5 }),
    resources.read("Read something", { run: "uname -a" }),
    resources.keyPair("Make a pair of keys", { path: pki("pair.key"), algorithm: "ecdsa-p256" }),
    resources.certificate("Make a CA", { path: pki("ca.crt"), profile: "ca", commonName: "every" }),
    resources.certificate("Issue a certificate", {
      ...{ path: pki("client.crt"), profile: "client" as const, commonName: "every", ca: pki("ca.crt") },
    }),
    resources.certificateBundle("Bundle", { path: pki("bundle.crt"), certificates: [pki("ca.crt")] }),
    resources.file("Hand the CA out", { dest: `${at}/ca.crt`, src: pki("ca.crt") }),
  ];
  const absent = { state: "absent" } as const;
  const gone: Task[] = [
    resources.service("Stop a service", { name: "old", state: "stopped" }),
    resources.unit("Remove a unit", { name: "old", ...absent }),
    resources.user("Remove a user", { name: "old-user", ...absent }),
    resources.group("Remove a group", { name: "old-group", ...absent }),
    resources.link("Remove a link", { dest: `${at}/old-link`, ...absent }),
    resources.file("Remove a file", { dest: `${at}/old-file`, ...absent }),
    resources.template("Remove what was rendered", { dest: `${at}/old-template`, ...absent }),
    resources.binary("Remove a program", { dest: `${at}/old-program`, ...absent }),
    resources.line("Take a line out", { path: `${at}/lines`, line: "old", ...absent }),
    resources.cron("Remove a job", { name: "old", ...absent }),
    resources.sysctl("Forget a parameter", { name: "kernel.panic", file: "90-old", ...absent }),
    resources.kernelModule("Forget a module", { name: "no_such", ...absent }),
    resources.mount("Unmount a file system", { path: "/srv/every-old-mount", ...absent }),
    resources.archive("Remove an archive", { dest: `${at}/old/in`, ...absent }),
    resources.directory("Remove a directory", { path: `${at}/old`, ...absent }),
    resources.packages("Remove a package", { names: ["tree"], ...absent }),
  ];
  return [...present, ...gone].map((task) => task.notify(act));
}
