import { Type } from "typebox";
import { defineRole, file, flushHandlers, handler, packages, restart, service, unit, uri, user } from "kubeplay";

export const app = defineRole({
  name: "app",
  description: "The app in one version, which must answer before the next hosts get it.",
  vars: {
    app_version: Type.String({ description: "The version of the app." }),
    app_port: Type.Integer({ default: 8080, description: "The port on which it answers." }),
    app_patience: Type.Integer({ default: 30, description: "Seconds within which it must answer after a restart." }),
  },
  tasks: ({ vars }) => {
    const restartApp = handler("Restart the app", restart("Restart the app", { name: "app" }));
    return [
      packages("Install Python and curl", { names: ["python3", "curl"] }),
      user("Make the user", { name: "app", system: true }),
      file("Install the app", { src: "app.py", dest: "/usr/local/bin/app", mode: 0o755 }).notify(restartApp),
      unit("Write its unit", {
        name: "app",
        src: "app.service.hbs",
        values: { version: vars.app_version, port: vars.app_port },
      }).notify(restartApp),
      service("Start it", { name: "app", state: "started", enabled: true }),
      flushHandlers(),
      uri("Wait until it is healthy", { url: `http://127.0.0.1:${vars.app_port}/health` }).retry({
        attempts: vars.app_patience,
        delay: 1,
        until: ({ body }) => body.trim() === vars.app_version,
      }),
    ];
  },
});
