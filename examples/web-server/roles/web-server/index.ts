import { Type } from "typebox";
import {
  authorizedKeys,
  defineRole,
  directory,
  file,
  git,
  group,
  handler,
  logrotate,
  packages,
  prune,
  pruneUsers,
  reload,
  service,
  sudoers,
  template,
  timer,
  user,
} from "kubeplay";

const Person = Type.Object({ name: Type.String(), keys: Type.Array(Type.String()) });
const Site = Type.Object({ name: Type.String(), repository: Type.String(), version: Type.Optional(Type.String()) });

export const webServer = defineRole({
  name: "web-server",
  description: "Sites of nginx, each a git repository, and the people who look after them.",
  vars: {
    web_server_people: Type.Array(Person, { description: "Who logs in, and with which SSH keys." }),
    web_server_sites: Type.Array(Site, { description: "The sites: a domain, a repository, and its branch or tag." }),
    web_server_ports: Type.Array(Type.Integer(), { default: [22, 80], description: "The TCP ports that are open." }),
    web_server_log_days: Type.Integer({ default: 14, description: "Days for which the logs of the sites are kept." }),
  },
  tasks: ({ vars }) => {
    const { web_server_people: people, web_server_sites: sites } = vars;
    const reloadNginx = handler("Reload nginx", reload("Reload nginx", { name: "nginx" }));
    const reloadFirewall = handler("Reload the firewall", reload("Reload the firewall", { name: "nftables" }));
    return [
      packages("Install nginx and its tools", { names: ["git", "logrotate", "nftables", "nginx-light", "sudo"] }),

      group("Make the group of the people", { name: "webmasters" }),
      ...people.flatMap(({ name, keys }) => [
        user(`Make the user ${name}`, { name, shell: "/bin/bash", groups: ["webmasters"] }),
        authorizedKeys(`Let ${name} log in`, { user: name, keys, exclusive: true }),
      ]),
      pruneUsers("Remove people who left", { group: "webmasters", keep: people.map(({ name }) => name) }),
      sudoers("Let the people reload nginx", {
        name: "webmasters",
        who: "%webmasters",
        commands: ["/usr/bin/systemctl reload nginx"],
      }),

      file("Remove Debian's own site", { dest: "/etc/nginx/sites-enabled/default", state: "absent" }).notify(
        reloadNginx,
      ),
      ...sites.flatMap(({ name, repository, version }) => [
        git(`Check out ${name}`, { repo: repository, dest: `/var/www/${name}`, ...(version && { version }) }),
        directory(`Make the folder of ${name}'s logs`, { path: `/var/log/nginx/${name}`, group: "adm", mode: 0o750 }),
        template(`Configure ${name}`, {
          src: "site.conf.hbs",
          dest: `/etc/nginx/conf.d/${name}.conf`,
          values: { name },
        }).notify(reloadNginx),
      ]),
      prune("Remove other sites", {
        path: "/etc/nginx/conf.d",
        keep: sites.map(({ name }) => `${name}.conf`),
      }).notify(reloadNginx),
      service("Start nginx", { name: "nginx", state: "started", enabled: true }),

      logrotate("Rotate the logs of the sites", {
        name: "sites",
        paths: ["/var/log/nginx/*/*.log"],
        options: ["daily", `rotate ${vars.web_server_log_days}`, "compress", "delaycompress", "missingok"],
        postrotate: "systemctl kill --signal=USR1 nginx",
      }),
      timer("Pack the repositories", {
        name: "pack-sites",
        schedule: "weekly",
        run: "/usr/bin/find /var/www -maxdepth 2 -name .git -execdir git gc --quiet \\;",
      }),

      template("Write the firewall's rules", {
        src: "nftables.conf.hbs",
        dest: "/etc/nftables.conf",
        values: { ports: vars.web_server_ports },
        mode: 0o755,
        validate: "nft --check --file %s",
      }).notify(reloadFirewall),
      service("Start the firewall", { name: "nftables", state: "started", enabled: true }),
    ];
  },
});
