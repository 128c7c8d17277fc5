import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "#engine/errors.ts";
import { renderText } from "#engine/template/render.ts";
import { always } from "../../../always.ts";
import { hostileText, inherited } from "../../../hostile.ts";

const names = [
  ...inherited,
  "name",
  "list",
  "deep",
  "this",
  "..",
  "@root",
  "@key",
  "@index",
  "lookup",
  "each",
  "if",
  "with",
  "default",
  "json",
  "__lookupGetter__",
];
const parts = fc.oneof(
  fc.constantFrom(
    "{{",
    "}}",
    "{{{",
    "}}}",
    "{{#each list}}",
    "{{/each}}",
    "{{#if name}}",
    "{{else}}",
    "{{/if}}",
    "{{> x}}",
    "{{!--",
    "--}}",
    "{{~",
    "~}}",
    "\\{{",
    "{{&",
    "{{lookup this 'constructor'}}",
    "{{#with deep as |x|}}",
    "{{/with}}",
    " ",
    ".",
    "/",
    "[",
    "]",
    "(",
    ")",
    "'",
    "|",
  ),
  fc.constantFrom(...names),
  hostileText,
);
const soup = fc.array(parts, { maxLength: 12 }).map((all) => all.join(""));
const values = { name: "n", list: ["a", "b"], deep: { er: 1 } };

describe("a hostile template", () => {
  always(
    "is rendered or refused with its place",
    soup,
    (text) => {
      try {
        expect(renderText(text, values, "t.hbs")).to.be.a("string");
      } catch (error) {
        expect(error).to.be.instanceOf(InputError);
        expect((error as InputError).message).to.match(/^t\.hbs/);
      }
    },
    { runs: 1000 },
  );

  for (const name of [...inherited, "__defineGetter__", "__lookupGetter__"])
    it(`finds no ${name} that the values do not have`, () => {
      for (const text of [
        `{{${name}}}`,
        `{{deep.${name}}}`,
        `{{deep.er.${name}}}`,
        `{{list.${name}}}`,
        `{{name.${name}}}`,
        `{{@root.${name}}}`,
        `{{lookup deep "${name}"}}`,
        `{{#with deep.${name}}}x{{/with}}`,
        `{{#each ${name}}}x{{/each}}`,
      ])
        expect(() => renderText(text, values, "t.hbs"), text).to.throw(InputError);
    });

  for (const name of inherited)
    it(`prints the value of ${name}`, () => {
      const own: Record<string, unknown> = Object.fromEntries([[name, "own"]]);
      expect(renderText(`{{${name}}}{{x.${name}}}{{lookup x "${name}"}}`, { ...own, x: own }, "t.hbs")).to.equal(
        "ownownown",
      );
    });

  always(
    "prints values as they are",
    fc.tuple(hostileText, fc.dictionary(fc.constantFrom("a", "b", ...inherited), hostileText)),
    ([text, map]) => {
      const rendered = renderText("{{text}}{{#each map}}\n{{@key}}={{this}}{{/each}}", { text, map }, "t.hbs");
      expect(rendered).to.equal(
        text +
          Object.entries(map)
            .map(([key, value]) => `\n${key}=${value}`)
            .join(""),
      );
    },
  );
});
