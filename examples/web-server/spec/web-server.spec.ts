import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { taskCalled, tasksOf, textOf } from "kubeplay/testing";
import { webServer } from "../roles/web-server/index.ts";

describe("web-server", () => {
  const vars = {
    web_server_people: [],
    web_server_sites: [{ name: "www.example.org", repository: "/srv/www.git" }],
    web_server_ports: [22, 80, 443],
  };

  it("opens the ports, and serves a site from its checkout", () => {
    const tasks = tasksOf(webServer, { vars });
    assert.match(
      textOf(webServer, taskCalled(tasks, "Write the firewall's rules")),
      /tcp dport \{ 22, 80, 443 \} accept/,
    );
    assert.match(
      textOf(webServer, taskCalled(tasks, "Configure www.example.org")),
      /root \/var\/www\/www.example.org;/,
    );
  });
});
