import { Type } from "typebox";
import {
  blockInFile,
  defineRole,
  directory,
  flushHandlers,
  handler,
  packages,
  postgresDatabase,
  postgresRole,
  reload,
  restart,
  Secret,
  service,
  template,
  timer,
} from "kubeplay";

const Database = Type.Object({ name: Type.String({ pattern: "^[a-z][a-z0-9_]*$" }), password: Secret(Type.String()) });
const Setting = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

export const postgresql = defineRole({
  name: "postgresql",
  description: "PostgreSQL with databases, each with a role that owns it, and a dump of each every night.",
  vars: {
    postgresql_version: Type.Integer({ default: 17, description: "The major version, as Debian has it." }),
    postgresql_databases: Type.Array(Database, { description: "The databases, and the passwords of their roles." }),
    postgresql_networks: Type.Array(Type.String(), { minItems: 1, description: "The networks of clients." }),
    postgresql_settings: Type.Record(Type.String(), Setting, {
      default: {},
      description: "Lines of the configuration.",
    }),
  },
  tasks: ({ vars }) => {
    const name = `postgresql@${vars.postgresql_version}-main`;
    const folder = `/etc/postgresql/${vars.postgresql_version}/main`;
    const restartServer = handler("Restart PostgreSQL", restart("Restart PostgreSQL", { name }));
    const reloadServer = handler("Reload PostgreSQL", reload("Reload PostgreSQL", { name }));
    return [
      packages("Install PostgreSQL", { names: [`postgresql-${vars.postgresql_version}`] }),
      template("Configure it", {
        src: "site.conf.hbs",
        dest: `${folder}/conf.d/site.conf`,
        values: { settings: vars.postgresql_settings },
      }).notify(restartServer),
      blockInFile("Let clients in", {
        path: `${folder}/pg_hba.conf`,
        block: vars.postgresql_networks.map((network) => `host sameuser all ${network} scram-sha-256\n`).join(""),
      }).notify(reloadServer),
      service("Start it", { name, state: "started", enabled: true }),
      flushHandlers(),

      ...vars.postgresql_databases.flatMap(({ name, password }) => [
        postgresRole(`Make the role ${name}`, { name, password }).become("postgres"),
        postgresDatabase(`Make the database ${name}`, { name, owner: name }).become("postgres"),
      ]),

      directory("Make the folder of the dumps", { path: "/var/backups/postgresql", owner: "postgres", mode: 0o700 }),
      template("Write the program that dumps", {
        src: "dump-databases.hbs",
        dest: "/usr/local/bin/dump-databases",
        mode: 0o755,
        values: { names: vars.postgresql_databases.map(({ name }) => name) },
      }),
      timer("Dump the databases", {
        name: "dump-databases",
        schedule: "daily",
        run: "/usr/local/bin/dump-databases",
        user: "postgres",
      }),
    ];
  },
});
