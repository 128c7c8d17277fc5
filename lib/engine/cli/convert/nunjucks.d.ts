/** nunjucks has no types of its own; only its parser is used. */
declare module "nunjucks" {
  const nunjucks: { readonly parser: { readonly parse: (text: string) => unknown } };
  export default nunjucks;
}
