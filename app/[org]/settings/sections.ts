import { permissionOf, PLACES, type SignedInPlace } from '@/lib/policy/access';
import type { Permission } from '@/lib/policy/permissions';

/** The rooms of the settings, in the order of the menu; their names stand in messages/ under `settings.sections`. */
const SECTIONS = [
  { key: 'options', place: '/[org]/settings/options' },
  { key: 'enrolment', place: '/[org]/settings/enrolment' },
  { key: 'accounts', place: '/[org]/settings/accounts' },
  { key: 'requests', place: '/[org]/settings/requests' },
  { key: 'tokens', place: '/[org]/settings/tokens' },
  { key: 'roles', place: '/[org]/settings/roles' },
  { key: 'authenticators', place: '/[org]/settings/authenticators' },
  { key: 'locations', place: '/[org]/settings/locations' },
  { key: 'simulator', place: '/[org]/settings/simulator' },
  { key: 'devices', place: '/[org]/settings/devices' },
  { key: 'audit', place: '/[org]/settings/audit' },
] as const satisfies readonly {
  readonly key: string;
  readonly place: SignedInPlace;
}[];

export type Section = (typeof SECTIONS)[number];
export type SectionKey = Section['key'];

/** The rooms that somebody may enter. */
export function sectionsFor(permissions: ReadonlySet<Permission>): readonly Section[] {
  return SECTIONS.filter(({ place }) => {
    const permission = permissionOf(PLACES[place]);
    return permission === null || permissions.has(permission);
  });
}

/** Where a room is, in the organisation of this slug. */
export const sectionHref = (slug: string, { place }: Section) => place.replace('[org]', slug);
