import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** Somebody whom the provider knows. */
export interface Person {
  readonly sub: string;
  readonly email: string;
  readonly emailVerified?: boolean;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
  /** What else it says of them. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A page of the provider: plainly not the portal's, so that nobody takes the one for the other. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body{font:1rem/1.5 system-ui;max-width:24rem;margin:12vh auto;padding:0 1rem;color:#222;background:#f4f4f1}
label{display:block;margin:.75rem 0 .25rem}input:not([type=checkbox]){width:100%;box-sizing:border-box;font:inherit;padding:.5rem}
button{font:inherit;padding:.6rem 1rem;margin:1rem .5rem 0 0}</style>
<h1>${title}</h1>${body}</html>`;
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function form(uid: string, hint: string, wrong: boolean): string {
  return page(
    'Fournisseur d’essai',
    `<p>Identity provider of the demo</p>${wrong ? '<p role="alert">Courriel ou mot de passe inexact.</p>' : ''}
<form method="post" action="/login/${escaped(uid)}">
<label for="email">Courriel</label><input id="email" name="email" type="email" value="${escaped(hint)}" autofocus>
<label for="password">Mot de passe</label><input id="password" name="password" type="password">
<label><input type="checkbox" name="second"> Deuxième facteur vérifié</label>
<button name="button" value="in">Entrer</button><button name="button" value="cancel" formnovalidate>Annuler</button></form>`,
  );
}

/** The provider's own login: an address, a password, and whether a second factor was shown. */
export async function answerForm(
  provider: Provider,
  ctx: KoaContextWithOIDC | Parameters<Parameters<Provider['use']>[0]>[0],
  people: readonly Person[],
): Promise<void> {
  const { req: request, res: response } = ctx;
  const { uid, params } = await provider.interactionDetails(request, response);
  const hint = String(params['login_hint'] ?? '');
  if (request.method !== 'POST') {
    ctx.body = form(uid, hint, false);
    return;
  }
  const typed = new URLSearchParams(await readBody(request));
  if (typed.get('button') === 'cancel') {
    const result = { error: 'access_denied', error_description: 'The person cancelled' };
    ctx.redirect(await provider.interactionResult(request, response, result));
    return;
  }
  const person = people.find(
    ({ email, password }) => email === typed.get('email') && password === typed.get('password'),
  );
  if (!person) {
    ctx.body = form(uid, typed.get('email') ?? '', true);
    return;
  }
  const second = typed.get('second') !== null;
  const login = {
    accountId: person.sub,
    acr: second ? 'urn:example:aal2' : 'urn:example:aal1',
    amr: second ? ['pwd', 'otp', 'mfa'] : ['pwd'],
  };
  ctx.redirect(await provider.interactionResult(request, response, { login }));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) {
    body += String(part);
    if (body.length > 10_000) throw new Error('The form is too long');
  }
  return body;
}
