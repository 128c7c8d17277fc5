import { expect } from "chai";
import { InputError } from "#engine/errors.ts";
import { renderText } from "#engine/template/render.ts";

const values = {
  name: "node-1",
  port: 8443,
  off: false,
  none: null,
  zero: 0,
  text: "",
  html: `<a & 'b' "c">`,
  servers: [
    { host: "a", port: 1, tags: ["x", "y"] },
    { host: "b", port: 2, tags: [] },
  ],
  empty: [],
  labels: { tier: "front", "app.io/name": "web" },
  nested: { deep: { value: "found" } },
  undef: undefined,
};

const render = (text: string): string => renderText(text, values, "a.hbs");
const problem = (text: string): string => {
  try {
    return `rendered: ${render(text)}`;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
};

describe("a template", () => {
  const right: readonly (readonly [string, string])[] = [
    ["plain", "plain"],
    ["{{name}}:{{port}} {{off}} {{zero}} {{text}}.", "node-1:8443 false 0 ."],
    ["{{html}}{{{html}}}", `${values.html}${values.html}`],
    ["{{nested.deep.value}} {{this.name}} {{./name}} {{@root.name}}", "found node-1 node-1 node-1"],
    ["{{servers.[1].host}} {{servers.0.host}} {{servers.length}}", "b a 2"],
    ['{{labels.[app.io/name]}} {{lookup labels "tier"}} {{lookup servers.0.tags 1}}', "web front y"],
    [
      "{{#each servers}}{{host}}={{this.port}}@{{../name}}/{{@root.port}} {{@index}}{{#unless @last}},{{/unless}}{{/each}}",
      "a=1@node-1/8443 0,b=2@node-1/8443 1",
    ],
    ["{{#each servers as |server i|}}{{i}}{{server.host}}{{../name}};{{/each}}", "0anode-1;1bnode-1;"],
    [
      "{{#each servers as |server|}}{{#each server.tags as |tag|}}{{server.host}}{{tag}}{{../../name}} {{/each}}{{/each}}",
      "axnode-1 aynode-1 ",
    ],
    ["{{#each servers}}{{#each tags}}{{../host}}{{this}}{{@../index}} {{/each}}{{/each}}", "ax0 ay0 "],
    ["{{#each servers as |json|}}{{json.host}}{{#each json.tags as |eq|}}{{eq}}{{/each}}{{/each}}", "axyb"],
    ["{{#each servers as |host|}}{{host.port}}{{this.host}}{{./host}} {{/each}}", "1aa 2bb "],
    ["{{#each labels}}{{@key}}={{this}} {{/each}}", "tier=front app.io/name=web "],
    ["{{#each empty}}x{{else}}nothing{{/each}}", "nothing"],
    ["{{#with nested.deep}}{{value}}{{../name}}{{/with}}", "foundnode-1"],
    ["{{#with nested as |n|}}{{n.deep.value}}{{/with}}", "found"],
    ["{{#with none}}x{{else}}{{name}}{{/with}}", "node-1"],
    ["{{#if off}}a{{else if none}}b{{else if (eq port 8443)}}c{{else}}d{{/if}}", "c"],
    ["{{#if empty}}a{{else}}b{{/if}}{{#unless zero}}c{{/unless}}{{^if off}}d{{/if}}", "bcd"],
    ["{{! a remark }}{{!-- {{missing}} --}}x", "x"],
    ["{{#each servers}}\n{{host}}\n{{/each}}\n", "a\nb\n"],
    ["a  {{~name~}}  b", "anode-1b"],
  ];
  for (const [text, expected] of right)
    it(`${text} renders as ${JSON.stringify(expected)}`, () => {
      expect(render(text)).to.equal(expected);
    });

  const wrong: readonly (readonly [string, string, string])[] = [
    [
      "a missing value",
      "a\n  {{prot}}",
      'a.hbs:2:5: there is no "prot"; did you mean "port"? (there are: name, port, off, none, zero, text, html, servers, empty, labels, nested, undef)',
    ],
    ["a value that is undefined", "{{undef}}", 'a.hbs:1:3: there is no "undef"'],
    [
      "a missing part",
      "{{nested.dep.value}}",
      'a.hbs:1:3: there is no "dep" in nested; did you mean "deep"? (there are: deep)',
    ],
    ["a part of text", "{{name.first}}", 'a.hbs:1:3: there is no "first" in name: name is a string'],
    ["a part of null", "{{none.first}}", 'a.hbs:1:3: there is no "first" in none: none is null'],
    ["a missing condition", "x\n{{#if prot}}a{{/if}}", 'a.hbs:2:7: there is no "prot"; did you mean "port"?'],
    ["a missing condition of else", "{{#if off}}\n{{else if prot}}{{/if}}", 'a.hbs:2:11: there is no "prot"'],
    ["a missing list", "{{#each server}}{{/each}}", 'a.hbs:1:9: there is no "server"; did you mean "servers"?'],
    ["a missing argument", "{{json prot}}", 'a.hbs:1:8: there is no "prot"'],
    ["a missing named argument", "{{json port indent=prot}}", 'a.hbs:1:20: there is no "prot"'],
    ["a missing argument of an argument", "{{#if (eq prot 1)}}{{/if}}", 'a.hbs:1:11: there is no "prot"'],
    [
      "a name of the outside within each",
      "{{#each servers}}\n{{name}}\n{{/each}}",
      'a.hbs:2:3: there is no "name" (there are: host, port, tags)',
    ],
    [
      "a name of text within each",
      "{{#each labels}}{{name}}{{/each}}",
      'a.hbs:1:19: there is no "name": this is a string',
    ],
    [
      "a missing parent's value",
      "{{#each servers}}{{../nam}}{{/each}}",
      'a.hbs:1:20: there is no "nam"; did you mean "name"?',
    ],
    [
      "a missing root value",
      "{{#each servers}}{{@root.nam}}{{/each}}",
      'a.hbs:1:20: there is no "nam"; did you mean "name"?',
    ],
    ["an index outside of each", "{{@index}}", "a.hbs:1:3: there is no @index here"],
    [
      "a missing part of a block parameter",
      "{{#each servers as |s|}}{{s.hots}}{{/each}}",
      'a.hbs:1:27: there is no "hots"; did you mean "host"? (there are: host, port, tags)',
    ],
    [
      "a block parameter out of its block",
      "{{#each servers as |s|}}{{/each}}{{s.host}}",
      'a.hbs:1:36: there is no "s"',
    ],
    [
      "a name of JavaScript",
      "{{nested.constructor}}",
      'a.hbs:1:3: there is no "constructor" in nested (there are: deep)',
    ],
    [
      "null that would print nothing",
      "{{none}}",
      'a.hbs:1:3: none is null, which prints nothing; write {{#if none}} or {{default none ""}}',
    ],
    [
      "a list that would print oddly",
      "{{servers}}",
      'a.hbs:1:3: servers is a list, which has no text form; write {{json servers}}, {{yaml servers}} or {{join servers ", "}}',
    ],
    ["a map that would print oddly", "{{nested.deep}}", "a.hbs:1:3: nested.deep is a map, which has no text form"],
    ["each of text", "x\n  {{#each name}}{{/each}}", "a.hbs:2:3: each: expected a list or a map, got a string"],
    [
      "a block that is still open",
      "{{#if off}}\nx\n",
      "a.hbs:3:1: syntax error: the template ends, but a block or a {{ is still open",
    ],
    ["a block that another ends", "x\n{{#if off}}{{/each}}", "a.hbs:2:4: if doesn't match each"],
    ["a mustache that is still open", "x\n{{name", "a.hbs:2:3: syntax error: "],
    ["braces too many", "x\n{{ }}", "a.hbs:2:4: syntax error: unexpected }}"],
    ["an end without its block", "{{/if}}", "a.hbs:1:1: syntax error: the end of a block that was not opened"],
    ["an unknown helper", "{{jsn name}}", 'a.hbs:1:3: there is no helper "jsn"; did you mean "json"?'],
    [
      "an unknown helper within",
      "{{#if (eqq name 1)}}{{/if}}",
      'a.hbs:1:8: there is no helper "eqq"; did you mean "eq"?',
    ],
    [
      "an unknown block",
      "{{#servers}}x{{/servers}}",
      'a.hbs:1:4: "servers" is not a block; write {{#if servers}}, {{#each servers}} or {{#with servers}}',
    ],
    [
      "a partial",
      "x {{> other}}",
      "a.hbs:1:3: partials and decorators are not supported; write a helper or a separate template",
    ],
    ["if without a condition", "{{#if}}{{/if}}", "a.hbs:1:1: {{#if}} takes one value, got 0"],
    ["a block that is written as a helper", "{{if off}}", 'a.hbs:1:3: there is no helper "if"'],
    ["a helper as a block", "{{#json off}}{{/json}}", 'a.hbs:1:4: "json" is not a block'],
    ["a literal", '{{"name"}}', "a.hbs:1:3: a literal needs no {{ }}"],
  ];
  for (const [what, text, message] of wrong)
    it(`with ${what} is an error with its place`, () => {
      expect(problem(text).slice(0, message.length)).to.equal(message);
    });

  it("reports all problems that do not depend on values at once", () => {
    expect(problem("{{jsn name}}\n{{> x}}\n{{#foo}}{{/foo}}").split("\n")).to.have.length(3);
  });

  it("never shows a value", () => {
    const secret = { password: "hunter2", list: ["hunter2"] };
    for (const text of [
      "{{password.x}}",
      "{{#each password}}{{/each}}",
      "{{join password 1}}",
      "{{indent password 1}}",
      "{{list}}",
      "{{passwrd}}",
      "{{quote list}}",
    ])
      expect(() => renderText(text, secret, "a.hbs"), text)
        .to.throw(InputError)
        .with.property("message")
        .that.does.not.contain("hunter2");
  });
});

describe("a helper", () => {
  const given = {
    map: { b: 1, a: ["x", "yes", "1.0"], s: "two\nlines" },
    list: ["a", 2, true],
    word: "it's $HOME; rm -rf /",
    none: null,
    empty: "",
    port: 8443,
    long: "a ".repeat(100).trim(),
  };
  const right: readonly (readonly [string, string])[] = [
    ["{{json map}}", '{"b":1,"a":["x","yes","1.0"],"s":"two\\nlines"}'],
    ["{{json list indent=2}}", '[\n  "a",\n  2,\n  true\n]'],
    ["{{json none}}", "null"],
    ["{{yaml map}}", 'b: 1\na:\n  - x\n  - "yes"\n  - "1.0"\ns: |-\n  two\n  lines'],
    ["{{yaml long}}", given.long],
    ["labels:\n{{indent 2 (yaml list)}}\n", "labels:\n  - a\n  - 2\n  - true\n"],
    ["{{indent 2 'a\n\nb'}}", "  a\n\n  b"],
    ['{{join list ", "}}', "a, 2, true"],
    ["echo {{quote word}}", "echo 'it'\\''s $HOME; rm -rf /'"],
    ["{{eq port 8443}} {{eq port '8443'}} {{ne port 1}}", "true false true"],
    ["{{#if (and port (not none))}}a{{/if}}{{#if (or none empty)}}b{{/if}}", "a"],
    [
      '{{default missing "d"}} {{default map.c "d"}} {{default none.x "d"}} {{default empty "d"}} {{default port 1}}',
      "d d d d 8443",
    ],
    ["{{#each (default missing list)}}{{this}}{{/each}}", "a2true"],
  ];
  for (const [text, expected] of right)
    it(`${text} renders as ${JSON.stringify(expected)}`, () => {
      expect(renderText(text, given, "a.hbs")).to.equal(expected);
    });

  const wrong: readonly (readonly [string, string])[] = [
    ["{{json}}", "json: expected a value, got 0 arguments"],
    ["{{json port indent='x'}}", "json: indent must be a number of columns, got a string"],
    ["{{indent 2}}", "indent: expected a number and a text, got 1 arguments"],
    ["{{indent (yaml map) 2}}", "indent: its first argument must be a number of columns, got a string"],
    ["{{join map ','}}", "join: expected a list, got a map"],
    ["{{quote list}}", "quote: its argument must be text, got a list"],
    ['{{lookup map "z"}}', 'lookup: there is no "z" in its first argument'],
    ["{{default port missing}}", 'there is no "missing"'],
  ];
  for (const [text, message] of wrong)
    it(`${text} is an error with its place`, () => {
      expect(() => renderText(`x\n ${text}`, given, "a.hbs"))
        .to.throw(InputError, message)
        .with.property("message")
        .that.match(/^a\.hbs:2:\d+: /);
    });
});
