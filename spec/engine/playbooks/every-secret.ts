import { Type } from "typebox";
import * as kubeplay from "kubeplay";
import { defineRole, handler, play, playbook, quote, Secret, type Task } from "kubeplay";
import { manifest, manifests } from "kubeplay/kubernetes";

const at = "/srv/every-secret";

/** A task for each property of each kind, with a secret in this property alone. Most of them fail. */
function everyProperty({
  word,
  name,
  root,
}: {
  readonly word: string;
  readonly name: string;
  readonly root: string;
}): Task[] {
  const say = `printf '%s\\n' ${quote(word)} | tee /dev/stderr; exit 3`;
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "motd" }, data: { text: "hello" } };
  const held = { ...object, data: { text: word } };
  const api = { kubeconfig: `${root}/kubeconfig`, patience: 1 };
  // Of the shell itself: what the author gives to a program stands in the list of processes.
  const validate = `printf %s ${quote(word)} >&2; case "$(cat %s)" in *${quote(word)}*) ;; *) exit 1 ;; esac`;
  const owned = { owner: name, group: name };
  const service = (text: string) => `[Service]\nExecStart=/bin/sleep infinity\nEnvironment=WORD=${text}\n`;
  type Properties = Readonly<Record<string, unknown>>;
  /** By kind: valid properties, and for each property those that have a secret in it. */
  const kinds: Readonly<Record<string, readonly [make: unknown, valid: Properties, secret: Properties]>> = {
    file: [
      kubeplay.file,
      { dest: `${at}/file`, content: "plain\n" },
      {
        dest: `${at}/${name}/x`,
        content: `a ${word} b\n`,
        validate,
        ...owned,
      },
    ],
    "copied file": [kubeplay.file, { dest: `${at}/copied`, src: "none" }, { src: name }],
    "large file": [kubeplay.file, { dest: `${at}/large`, content: "plain\n" }, { content: `${word}\n`.repeat(4000) }],
    template: [
      kubeplay.template,
      { dest: `${at}/template`, src: "app.hbs", values: { word: "plain" } },
      { dest: `${at}/${name}/x`, src: `${name}.hbs`, values: { word }, validate, ...owned },
    ],
    line: [
      kubeplay.line,
      { path: `${at}/lines`, line: "plain", create: true },
      {
        path: `${at}/${name}/x`,
        line: `word = ${word}`,
        match: `^word = ${name}`,
        insertAfter: name,
        insertBefore: word,
        validate: `printf %s ${quote(word)} >&2; : %s; false`,
      },
    ],
    blockInFile: [
      kubeplay.blockInFile,
      { path: `${at}/lines`, block: "plain" },
      {
        path: `${at}/${name}/x`,
        block: `word = ${word}`,
        marker: `# {mark} ${name}`,
        insertAfter: name,
        insertBefore: word,
        validate: `printf %s ${quote(word)} >&2; : %s; false`,
      },
    ],
    ini: [
      kubeplay.ini,
      { path: `${at}/lines`, section: "plain", option: "plain", value: "plain" },
      {
        path: `${at}/${name}/x`,
        section: name,
        option: name,
        value: word,
        separator: name,
        validate: `printf %s ${quote(word)} >&2; : %s; false`,
      },
    ],
    replace: [
      kubeplay.replace,
      { path: `${at}/lines`, match: "plain$", with: "plainer" },
      { path: `${at}/${name}/x`, match: `${name}$`, with: word, validate: `printf %s ${quote(word)} >&2; : %s; false` },
    ],
    copyTree: [
      kubeplay.copyTree,
      { src: "none", dest: `${at}/tree` },
      { src: name, dest: `${at}/${name}`, owner: name, group: name },
    ],
    getUrl: [
      kubeplay.getUrl,
      { url: "http://127.0.0.1:9/plain", dest: `${at}/url` },
      {
        url: `http://127.0.0.1:9/${name}`,
        dest: `${at}/${name}/x`,
        headers: { Authorization: word },
        sha256: word,
        ...owned,
      },
    ],
    git: [
      kubeplay.git,
      { repo: "/none", dest: `${at}/git` },
      { dest: `${at}/${name}/x`, version: name, repo: `/${name}` },
    ],
    prune: [
      kubeplay.prune,
      { path: `${at}/none`, keep: [] },
      { path: `${at}/${name}`, keep: [name], match: `${name}(` },
    ],
    pruneUsers: [kubeplay.pruneUsers, { group: "every-secret", keep: [] }, { group: name, keep: [name] }],
    postgresRole: [kubeplay.postgresRole, { name: "every-secret" }, { name, password: word, memberOf: [name] }],
    postgresDatabase: [
      kubeplay.postgresDatabase,
      { name: "every-secret" },
      { name, owner: name, encoding: name, locale: name, template: name },
    ],
    uri: [
      kubeplay.uri,
      { url: "http://127.0.0.1:9/plain" },
      { url: `http://127.0.0.1:9/${name}`, headers: { Authorization: word }, ca: `/${name}` },
    ],
    request: [
      kubeplay.request,
      { url: "http://127.0.0.1:9/plain" },
      {
        ...{ url: `http://127.0.0.1:9/${name}`, headers: { Authorization: word }, ca: `/${name}` },
        ...{ body: word, json: { text: word } },
      },
    ],
    authorizedKeys: [
      kubeplay.authorizedKeys,
      { user: "daemon", keys: [] },
      { user: name, keys: [`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"a".repeat(43)} ${word}`] },
    ],
    cron: [
      kubeplay.cron,
      { name: "every-secret", schedule: "@daily", run: "true" },
      { name, run: `: ${word}`, schedule: name, user: name, environment: { WORD: name } },
    ],
    sudoers: [
      kubeplay.sudoers,
      { name: "every-secret", who: "daemon", commands: ["/bin/true"] },
      { name, who: name, commands: [`/bin/${name}`], as: name },
    ],
    aptRepository: [
      kubeplay.aptRepository,
      { name: "every-secret", uris: ["file:/none"], suites: ["./"] },
      {
        name,
        uris: [`file:/${name}`],
        suites: [`${name}/`],
        components: [name],
        architectures: [name],
        signedBy: `/${name}`,
      },
    ],
    ansibleModule: [
      kubeplay.ansibleModule,
      { module: "ansible.builtin.file", args: { path: `${at}/ansible`, state: "touch" } },
      {
        // The module returns its arguments, fails with one of them, and compares another one.
        args: { path: `${at}/lines`, state: "file", bogus: word, owner: name },
        environment: { WORD: word },
        python: `/none/${name}`,
      },
    ],
    knownHosts: [
      kubeplay.knownHosts,
      { name: "plain", keys: [], path: `${at}/known`, state: "absent" },
      {
        name,
        keys: [`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"a".repeat(43)} ${word}`],
        path: `${at}/${name}/x`,
        validate: `printf %s ${quote(word)} >&2; : %s; false`,
      },
    ],
    limits: [
      kubeplay.limits,
      { name: "every-secret", limits: [{ domain: "daemon", type: "-", item: "nofile", value: 1024 }] },
      { name, limits: [{ domain: name, type: "-", item: "nofile", value: 1024 }] },
    ],
    logrotate: [
      kubeplay.logrotate,
      { name: "every-secret", paths: ["/var/log/every"], options: ["weekly"] },
      { name, paths: [`/var/log/${name}`], options: [`rotate ${name}`], postrotate: `: ${word}` },
    ],
    alternative: [
      kubeplay.alternative,
      { name: "every-secret", path: "/bin/true" },
      { name, path: `/bin/${name}`, link: `/${name}` },
    ],
    firewall: [
      kubeplay.firewall,
      { name: "every_secret", allow: [{ port: 22 }] },
      { name: `${name}-`, allow: [{ port: 22, from: [name] }] },
    ],
    locales: [kubeplay.locales, { names: ["de_LU.UTF-8"] }, { names: [name] }],
    debconf: [
      kubeplay.debconf,
      { package: "every-secret", question: "every/secret", type: "string", value: "plain" },
      { package: name, question: `every/${name}`, value: word },
    ],
    "password of debconf": [
      kubeplay.debconf,
      { package: "every-secret", question: "every/password", type: "password", value: "plain" },
      { value: name },
    ],
    // Names are arguments of pip.
    pip: [
      kubeplay.pip,
      { venv: `${at}/venv`, names: [] },
      { venv: name, names: [`${name}!`], python: `/none/${name}` },
    ],
    hostname: [kubeplay.hostname, { name: "engine-1" }, { name: `_${name}` }],
    timezone: [kubeplay.timezone, { name: "UTC" }, { name }],
    assert: [kubeplay.assert, { that: false, message: "plain" }, { message: `never ${word}` }],
    fail: [kubeplay.fail, { message: "plain" }, { message: `never ${word}` }],
    debug: [kubeplay.debug, {}, { message: `it is ${word}` }],
    addHost: [
      kubeplay.addHost,
      { name: "every-added", vars: { ansible_host: "192.0.2.1" } },
      { name: `every-${name}`, groups: [`of-${name}`], vars: { ansible_user: name } },
    ],
    groupBy: [kubeplay.groupBy, { key: "plain" }, { key: `by-${name}`, parents: [`all-by-${name}`] }],
    directory: [
      kubeplay.directory,
      { path: `${at}/directory` },
      { path: `${at}/in-${name}`, owner: name, group: name },
    ],
    link: [kubeplay.link, { dest: `${at}/link`, target: "plain" }, { dest: `${at}/${name}`, target: `to-${name}` }],
    archive: [
      kubeplay.archive,
      { src: "none.tar", dest: `${at}/archive` },
      { src: `${name}.tar`, dest: `${at}/${name}`, marker: name },
    ],
    binary: [
      kubeplay.binary,
      { src: "none", dest: `${at}/binary` },
      { src: name, dest: `${at}/${name}`, sha256: word, ...owned },
    ],
    "binary of an artifact": [
      kubeplay.binary,
      { artifact: "plain", version: "1", architecture: "amd64", dest: `${at}/binary` },
      { artifact: name, version: name, architecture: name, staged: `${at}/${name}` },
    ],
    user: [
      kubeplay.user,
      { name: "every-secret" },
      {
        name: `${name}$`,
        group: name,
        groups: [name],
        home: `/home/${name}`,
        shell: `/bin/${name}`,
        comment: `a ${name}`,
        password: `$6$salt$${name}`,
      },
    ],
    group: [kubeplay.group, { name: "every-secret" }, { name: `${name}$` }],
    packages: [kubeplay.packages, { names: ["tree"] }, { names: [`${name}!`] }],
    unit: [
      kubeplay.unit,
      { name: "every-secret", content: service("plain") },
      { name: `every-${name}`, content: service(word), dropIn: name, validate },
    ],
    "unit of a template": [
      kubeplay.unit,
      { name: "every-secret-too", src: "app.hbs", values: { word: "plain" } },
      { src: `${name}.hbs`, values: { word } },
    ],
    service: [
      kubeplay.service,
      { name: "every-secret", state: "started" },
      { name: `none-${name}`, startEffects: [{ kind: name }] },
    ],
    sysctl: [
      kubeplay.sysctl,
      { name: "kernel.panic", value: 1 },
      { name: `kernel.${name}`, value: word, file: `${name}/x` },
    ],
    // None is mounted: its unit would be in /run. Options are arguments.
    mount: [
      kubeplay.mount,
      { path: `${at}/mount`, src: "none", type: "none" },
      { path: `${at}/${name}`, src: name, type: name, options: `word=${name}` },
    ],
    kernelModule: [kubeplay.kernelModule, { name: "none" }, { name }],
    command: [
      kubeplay.command,
      { run: "true" },
      {
        run: say,
        creates: `${at}/${name}`,
        unless: `printf %s ${quote(word)} >&2; false`,
        environment: { WORD: word },
      },
    ],
    "failing command": [
      kubeplay.command,
      { run: 'printf "%s\\n" "$WORD" >&2; exit 3' },
      { environment: { WORD: word } },
    ],
    "detached command": [kubeplay.command, { run: "true", detached: true }, { run: say }],
    script: [
      kubeplay.script,
      { src: `${root}/../failing-script` },
      {
        ...{ src: `${root}/../${name}-script`, args: [name], creates: `${at}/${name}` },
        ...{ unless: `printf %s ${quote(word)} >&2; false`, environment: { WORD: word } },
      },
    ],
    fetch: [
      kubeplay.fetch,
      { src: "/etc/hostname", dest: `${root}/fetched` },
      { src: `${at}/${name}`, dest: `${root}/${name}-fetched` },
    ],
    find: [kubeplay.find, { path: at }, { path: `${at}/${name}`, match: `${name}(` }],
    read: [kubeplay.read, { run: "true" }, { run: say }],
    wait: [kubeplay.wait, { until: "false", timeout: 1 }, { until: say, what: `that ${word}` }],
    units: [kubeplay.wait, { units: ["every-none"], timeout: 1 }, { units: [`${name}.service`] }],
    port: [kubeplay.wait, { until: { port: 1 }, timeout: 1 }, { until: { port: 1, host: `${name}.invalid` } }],
    keyPair: [
      kubeplay.keyPair,
      { path: `${root}/a.key`, algorithm: "ecdsa-p256" },
      { path: `/none/${name}.key`, publicPath: `/none/${name}.pub` },
    ],
    certificate: [
      kubeplay.certificate,
      { path: `${root}/pki/ca.crt`, profile: "ca", commonName: "plain" },
      { path: `${root}/pki/${name}.crt`, commonName: name, organizations: [name], ca: `${root}/${name}.crt` },
    ],
    "server's certificate": [
      kubeplay.certificate,
      { path: `${root}/pki/server.crt`, profile: "server", commonName: "plain", dns: ["plain.example"] },
      { dns: [`${name}.example`, word], ips: [name], crossSigned: `${root}/${name}-cross.crt`, withoutKey: word },
    ],
    certificateBundle: [
      kubeplay.certificateBundle,
      { path: `${root}/bundle.crt`, certificates: [`${root}/pki/ca.crt`] },
      { path: `/none/${name}.crt`, certificates: [`${root}/${name}.crt`], optional: [`${root}/${name}-next.crt`] },
    ],
    manifest: [
      manifest,
      { ...api, manifest: object },
      { kubeconfig: `${root}/${name}`, servers: [`https://${name}.invalid`], manifest: held },
    ],
    manifests: [
      manifests,
      { ...api, set: "motd", objects: [object] },
      {
        ...{ set: name, objects: [held], namespace: name, recreate: [name] },
        ...{ kubeconfig: `${root}/${name}`, servers: [`https://${name}.invalid`] },
      },
    ],
  };
  return Object.entries(kinds).flatMap(([kind, [make, valid, secret]]) =>
    Object.entries(secret).map(([property, value]) =>
      (make as (title: string, properties: object) => Task)(`${kind}: ${property}`, {
        ...valid,
        // Two CAs at one path are an error that names the one that is there.
        ...(make === kubeplay.certificate && { path: `${root}/pki/${property}.crt` }),
        [property]: value,
      })
        .environment(kind === "read" ? { WORD: word } : {})
        .ignoreErrors(),
    ),
  );
}

const role = defineRole({
  name: "every-secret",
  description: "Has a secret in every property.",
  folder: process.cwd(),
  vars: {
    every_word: Secret(Type.String({ description: "A secret with every kind of character." })),
    every_name: Secret(Type.String({ description: "A secret that can be in a path." })),
    every_pin: Secret(Type.String({ description: "A short secret." })),
  },
  tasks: ({ vars: { every_word: word, every_name: name, every_pin: pin } }) => {
    const root = `${process.cwd()}/made`;
    const tell = handler(`Tell ${name}`, kubeplay.run(`Say ${name}`, { run: `echo ${quote(word)} >&2; exit 4` }));
    return [
      kubeplay.directory("Make the folder", { path: at }),
      ...everyProperty({ word, name, root }),
      kubeplay.file("Write the pin", { dest: `${at}/pin`, content: `pin=${pin}\n` }),
      kubeplay.command("Say the pin", { run: `echo x${pin}x >&2; exit 5` }).ignoreErrors(),
      kubeplay.command("Change something", { run: "true" }).notify(tell),
    ];
  },
});

export default playbook([play({ name: "Every secret", hosts: "all", roles: [role] })]);
