import { defineConfig } from "vitepress";

const page = (text: string, link: string) => ({ text, link: `/${link}` });

/** The anchors of headings are GitHub's, so that one link works in both places. */
const slugify = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

/** The site of the pages in docs/, with the reference of the API that typedoc writes to docs/api/. */
export default defineConfig({
  title: "kubeplay",
  description: "Playbooks in TypeScript, and roles that run a highly available Kubernetes cluster from binaries",
  cleanUrls: true,
  // Pages have no HTML and nothing of Vue: "<name>" and "{{ name }}" are text.
  markdown: {
    html: false,
    anchor: { slugify },
    config: ({ renderer, utils }) => {
      const asText = (text = ""): string => utils.escapeHtml(text).replaceAll("{{", "&#123;&#123;");
      renderer.rules.text = (tokens, index) => asText(tokens[index]?.content);
      renderer.rules.code_inline = (tokens, index) => `<code v-pre>${asText(tokens[index]?.content)}</code>`;
    },
  },
  // Files of the repository are no pages of the site. spec/docs/pages.spec.ts checks links to them.
  ignoreDeadLinks: [/^http:\/\/localhost:/, /^(\.\.?\/)+(?!docs\/)/],
  themeConfig: {
    search: { provider: "local" },
    nav: [
      page("Start", "getting-started"),
      page("Write", "writing-a-role"),
      page("API", "api/README"),
      page("中文", "getting-started.zh-CN"),
    ],
    sidebar: [
      {
        text: "Start",
        items: [
          page("Getting started", "getting-started"),
          page("The lab", "lab"),
          page("Hosts", "inventory"),
          page("Coming from Ansible", "ansible"),
        ],
      },
      {
        text: "Adapt",
        items: [
          page("Variables", "variables"),
          page("Which value wins", "variables-precedence"),
          page("Secrets in files", "vault"),
          page("Addons", "addons"),
          page("Mirrors and proxies", "mirrors"),
          page("Without the internet", "without-internet"),
          page("What comes from where", "images"),
        ],
      },
      {
        text: "Operate",
        items: [
          page("Commands and failures", "operating"),
          page("Plans, drift and locks", "plans-and-drift"),
          page("The doctor", "operations/doctor"),
          page("The CIS benchmark", "operations/cis"),
          page("Upgrade", "operations/upgrade"),
          page("Certificates", "operations/certificates"),
          page("Encryption at rest", "operations/encryption"),
          page("Pod Security", "operations/pod-security"),
          page("Add hosts", "operations/grow"),
          page("Replace a host", "operations/replace"),
          page("Remove a host", "operations/remove"),
          page("Reset a host", "operations/reset"),
          page("Back up and restore", "operations/backup"),
          page("The controller's folder is lost", "operations/adopt"),
          page("High availability", "operations/high-availability"),
        ],
      },
      {
        text: "Write",
        items: [
          page("A project of your own", "own-project"),
          page("Writing a role", "writing-a-role"),
          page("Examples", "examples"),
          page("API", "api/README"),
        ],
      },
      {
        text: "Judge",
        items: [page("Security", "security"), page("Benchmarks", "bench"), page("Conformance", "conformance")],
      },
      {
        text: "简体中文",
        items: [
          page("快速入门", "getting-started.zh-CN"),
          page("镜像与代理", "mirrors.zh-CN"),
          page("从 Ansible 到 kubeplay", "ansible.zh-CN"),
          page("编写角色", "writing-a-role.zh-CN"),
        ],
      },
      { text: "Change kubeplay", items: [page("Architecture", "architecture")] },
    ],
  },
});
