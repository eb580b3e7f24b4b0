import type { Permission } from './permissions';

/**
 * What each page, route and action asks of whoever comes (ACC-4), in one table:
 * - `anyone`: stands before any session; what it may do is decided by the step that it belongs to
 * - `account`: a signed-in person, about themselves
 * - a permission: a signed-in person whose role holds it
 *
 * The server reads its checks from here, the menus what they show, and the tests whom to send where: a page or an action
 * without its row fails them. Services check the permission once more (docs/decisions/001-the-house.md).
 */
export type Access = 'anyone' | 'account' | Permission;

export const PAGES = {
  '/': 'anyone',
  '/signup': 'anyone',
  '/outbox': 'anyone',
  '/outbox/[letter]': 'anyone',
  '/[org]/[...rest]': 'anyone',
  '/[org]/sign-in': 'anyone',
  '/[org]/sign-in/password': 'anyone',
  '/[org]/sign-in/provider': 'anyone',
  '/[org]/sign-in/provider/continue': 'anyone',
  '/[org]/sign-in/provider/refused': 'anyone',
  '/[org]/sign-in/signed-out': 'anyone',
  '/[org]/sign-in/verify': 'anyone',
  '/[org]/sign-in/verify/passkey': 'anyone',
  '/[org]/sign-in/verify/recovery': 'anyone',
  '/[org]/sign-in/verify/help': 'anyone',
  '/[org]/sign-in/new-password': 'anyone',
  '/[org]/sign-in/waiting': 'anyone',
  '/[org]/sign-in/forgotten': 'anyone',
  '/[org]/sign-in/reset': 'anyone',
  '/[org]/invitation': 'anyone',
  '/[org]/sign-in/enrol/[[...step]]': 'anyone',
  '/[org]': 'account',
  '/[org]/account': 'account',
  '/[org]/account/confirm-email': 'account',
  '/[org]/account/enrol/[[...step]]': 'account',
  '/[org]/account/recovery-codes': 'account',
  '/[org]/account/switch-off': 'account',
  '/[org]/account/factors/[factor]': 'account',
  '/[org]/account/data': 'account',
  '/[org]/account/identity': 'account',
  '/[org]/settings': 'account',
  '/[org]/settings/options': 'options.manage',
  '/[org]/settings/locations': 'locations.manage',
  '/[org]/settings/locations/new': 'locations.manage',
  '/[org]/settings/locations/[id]': 'locations.manage',
  '/[org]/settings/authenticators': 'authenticators.manage',
  '/[org]/settings/authenticators/new': 'authenticators.manage',
  '/[org]/settings/authenticators/move': 'authenticators.manage',
  '/[org]/settings/authenticators/[id]': 'authenticators.manage',
  '/[org]/settings/authenticators/[id]/new-passwords': 'passwords.manage',
  '/[org]/settings/authenticators/[id]/users': 'authenticators.manage',
  '/[org]/settings/authenticators/[id]/places': 'authenticators.manage',
  '/[org]/settings/authenticators/[id]/deactivate': 'authenticators.deactivate',
  '/[org]/settings/authenticators/[id]/test': 'authenticators.manage',
  '/[org]/settings/simulator': 'audit.read',
  '/[org]/settings/devices': 'devices.manage',
  '/[org]/settings/audit': 'audit.read',
  '/[org]/settings/audit/[event]': 'audit.read',
  '/[org]/settings/enrolment': 'mfa.reset',
  '/[org]/settings/accounts': 'accounts.manage',
  '/[org]/settings/accounts/new': 'accounts.manage',
  '/[org]/settings/accounts/import': 'accounts.manage',
  '/[org]/settings/accounts/import/[import]': 'accounts.manage',
  '/[org]/settings/accounts/[id]': 'accounts.manage',
  '/[org]/settings/accounts/[id]/suspend': 'accounts.manage',
  '/[org]/settings/accounts/[id]/delete': 'accounts.manage',
  '/[org]/settings/accounts/[id]/reset': 'mfa.reset',
  '/[org]/settings/accounts/[id]/pass': 'mfa.reset',
  '/[org]/settings/accounts/[id]/codes': 'mfa.reset',
  '/[org]/settings/requests': 'mfa.reset',
  '/[org]/settings/tokens': 'mfa.reset',
  '/[org]/settings/tokens/new': 'mfa.reset',
  '/[org]/settings/tokens/import/[import]': 'mfa.reset',
  '/[org]/settings/tokens/[id]': 'mfa.reset',
  '/[org]/settings/roles': 'roles.manage',
  '/[org]/settings/roles/new': 'roles.manage',
  '/[org]/settings/roles/[id]': 'roles.manage',
} as const satisfies Record<string, Access>;

export const ROUTES = {
  '/healthz': 'anyone',
  '/readyz': 'anyone',
  '/metrics': 'anyone',
  '/outbox/[letter]/html': 'anyone',
  '/api/auth/[...nextauth]': 'anyone',
  '/api/saml/[authenticator]/metadata': 'anyone',
  '/api/saml/[authenticator]/acs': 'anyone',
  '/api/saml/[authenticator]/finish': 'anyone',
  '/api/saml/[authenticator]/slo': 'anyone',
  '/api/auth/callback/[authenticator]': 'anyone',
  '/api/auth/keys/[authenticator]': 'anyone',
  '/[org]/sign-in/provider/go': 'anyone',
  '/[org]/sign-in/signed-out/go': 'anyone',
  '/[org]/sign-in/recovery-codes': 'anyone',
  '/[org]/sign-in/refused': 'anyone',
  '/[org]/sign-in/passkey': 'anyone',
  '/[org]/sign-in/passkey/new': 'anyone',
  '/[org]/settings/authenticators/[id]/test/go': 'authenticators.manage',
  '/[org]/account/picture': 'account',
  '/[org]/account/identity/go': 'account',
  '/[org]/account/passkey': 'account',
  '/[org]/account/passkey/new': 'account',
  '/[org]/account/data/file': 'account',
  '/[org]/settings/accounts/import/sample': 'accounts.manage',
  '/[org]/account/recovery-codes/file': 'account',
  '/[org]/settings/audit/export': 'audit.read',
} as const satisfies Record<string, Access>;

export const ACTIONS = {
  'language.choose': 'anyone',
  'organisation.find': 'anyone',
  'organisation.list': 'anyone',
  signup: 'anyone',
  'invitation.accept': 'anyone',
  'invitation.renew': 'anyone',
  'sign-in.identify': 'anyone',
  'sign-in.password': 'anyone',
  'sign-in.continue': 'anyone',
  'sign-in.code': 'anyone',
  'sign-in.passkey': 'anyone',
  'sign-in.recovery-code': 'anyone',
  'sign-in.help': 'anyone',
  'sign-in.new-password': 'anyone',
  'sign-in.forgotten': 'anyone',
  'sign-in.reset': 'anyone',
  'enrol.begin': 'anyone',
  'enrol.method': 'anyone',
  'enrol.phone': 'anyone',
  'enrol.app': 'anyone',
  'enrol.confirm': 'anyone',
  'enrol.passkey': 'anyone',
  'enrol.token': 'anyone',
  'enrol.card': 'anyone',
  'enrol.finish': 'anyone',
  'enrol.postpone': 'anyone',
  'session.sign-out': 'account',
  'session.end': 'account',
  'session.end-others': 'account',
  'account.profile': 'account',
  'account.picture': 'account',
  'account.picture-remove': 'account',
  'account.password': 'account',
  'account.data-proof': 'account',
  'account.email': 'account',
  'account.bind-identity': 'account',
  'account.email-resend': 'account',
  'account.email-cancel': 'account',
  'account.email-confirm': 'account',
  'mfa.offer': 'account',
  'mfa.switch': 'account',
  'mfa.switch-off': 'account',
  'mfa.recovery-codes': 'account',
  'factor.rename': 'account',
  'factor.remove': 'account',
  'enrol.begin-own': 'account',
  'enrol.method-own': 'account',
  'enrol.phone-own': 'account',
  'enrol.app-own': 'account',
  'enrol.confirm-own': 'account',
  'enrol.passkey-own': 'account',
  'enrol.token-own': 'account',
  'enrol.card-own': 'account',
  'enrol.finish-own': 'account',
  'options.review': 'options.manage',
  'options.change': 'options.manage',
  'change.keep-options': 'options.manage',
  'change.take-back-options': 'options.manage',
  'enrolment.remind': 'mfa.reset',
  'device.forget': 'account',
  'device.approve': 'devices.manage',
  'device.revoke': 'devices.manage',
  'device.rename': 'devices.manage',
  'device.distrust': 'devices.manage',
  'device.distrust-own': 'account',
  'reset.account': 'mfa.reset',
  'pass.issue': 'mfa.reset',
  'pass.revoke': 'mfa.reset',
  'reset-request.refuse': 'mfa.reset',
  'unblock.password': 'passwords.manage',
  'password.demand': 'passwords.manage',
  'password.demand-all': 'passwords.manage',
  'unblock.code': 'mfa.reset',
  'token.register': 'mfa.reset',
  'token.import-check': 'mfa.reset',
  'token.import': 'mfa.reset',
  'token.assign': 'mfa.reset',
  'token.take-back': 'mfa.reset',
  'token.remove': 'mfa.reset',
  'card.revoke': 'mfa.reset',
  'location.save': 'locations.manage',
  'location.remove': 'locations.manage',
  'location.rule-save': 'locations.manage',
  'location.rule-remove': 'locations.manage',
  'location.allow-here': 'locations.manage',
  'filter.save': 'locations.manage',
  'filter.remove': 'locations.manage',
  'filter.exception-end': 'locations.manage',
  'filter.except': 'locations.manage',
  'change.keep': 'locations.manage',
  'change.take-back': 'locations.manage',
  'authenticator.create': 'authenticators.manage',
  'authenticator.save-system': 'authenticators.manage',
  'authenticator.save-oidc': 'authenticators.manage',
  'authenticator.new-key': 'authenticators.manage',
  'authenticator.save-saml': 'authenticators.manage',
  'authenticator.answer-keys': 'authenticators.manage',
  'authenticator.deactivate': 'authenticators.deactivate',
  'authenticator.reactivate': 'authenticators.deactivate',
  'authenticator.make-default': 'authenticators.manage',
  'authenticator.remove-draft': 'authenticators.manage',
  'authenticator.save-defaults': 'authenticators.manage',
  'authenticator.assign': 'authenticators.manage',
  'authenticator.unassign': 'authenticators.manage',
  'authenticator.try-move': 'authenticators.manage',
  'authenticator.move': 'authenticators.manage',
  'authenticator.undo-move': 'authenticators.manage',
  'change.keep-authenticators': 'authenticators.manage',
  'change.take-back-authenticators': 'authenticators.manage',
  'accounts.assign': 'accounts.manage',
  'accounts.unbind': 'accounts.manage',
  'role.create': 'roles.manage',
  'role.change': 'roles.manage',
  'role.delete': 'roles.manage',
  'accounts.create': 'accounts.manage',
  'accounts.change': 'accounts.manage',
  'accounts.suspend': 'accounts.manage',
  'accounts.reactivate': 'accounts.manage',
  'accounts.remove': 'accounts.manage',
  'accounts.invite-again': 'accounts.manage',
  'accounts.revoke-invitation': 'accounts.manage',
  'accounts.import-check': 'accounts.manage',
  'accounts.import': 'accounts.manage',
  'accounts.import-resume': 'accounts.manage',
} as const satisfies Record<string, Access>;

/** Pages and routes: everything that has an address. */
export const PLACES = { ...PAGES, ...ROUTES } as const;

export type Place = keyof typeof PLACES;
/** The places where somebody must have signed in. */
export type SignedInPlace = { [P in Place]: (typeof PLACES)[P] extends 'anyone' ? never : P }[Place];
export type ActionName = keyof typeof ACTIONS;
/**
 * Patterns of all places, the most exact first: a fixed word before any word, any word before whatever follows, and of two
 * that leave as much open the one that says more before it.
 */
const PATTERNS = (Object.keys(PLACES) as Place[])
  .map((place) => ({
    place,
    pattern: new RegExp(
      `^${place
        .replace(/\/\[\[\.\.\.\w+\]\]/g, '(?:/.+)?')
        .replace(/\[\.\.\.\w+\]/g, '.+')
        .replace(/\[\w+\]/g, '[^/]+')}/?$`,
    ),
    vagueness: place
      .split('/')
      .reduce((sum, part) => sum + (part.includes('...') ? 100 : part.startsWith('[') ? 1 : 0), 0),
  }))
  .toSorted((a, b) => a.vagueness - b.vagueness || b.place.split('/').length - a.place.split('/').length);

/** The place that answers under a path; null: none. */
export function placeAt(pathname: string): Place | null {
  return PATTERNS.find(({ pattern }) => pattern.test(pathname))?.place ?? null;
}

/**
 * Whether whoever has a session in a wrong place may see this all the same (LOC-4): what stands before any session does,
 * and what is nowhere does not.
 */
export function isBeforeSession(pathname: string): boolean {
  const place = placeAt(pathname);
  return place !== null && place !== '/[org]/[...rest]' && PLACES[place] === 'anyone';
}

/** The actions that anybody may post, and those that need a session. */
export type OpenAction = { [N in ActionName]: (typeof ACTIONS)[N] extends 'anyone' ? N : never }[ActionName];
export type SignedInAction = Exclude<ActionName, OpenAction>;

/** The permission that a row asks for; null where it asks for none. */
export function permissionOf(access: Access): Permission | null {
  return access === 'anyone' || access === 'account' ? null : access;
}
