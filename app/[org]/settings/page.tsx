import { forbidden, redirect } from 'next/navigation';
import { currentActor } from '@/lib/sessions/current';
import { sectionHref, sectionsFor } from './sections';

/** The settings open at the first room that one may enter; who may enter none is told so. */
export default async function SettingsEntrance({ params }: PageProps<'/[org]/settings'>) {
  const { actor } = await currentActor((await params).org, '/[org]/settings');
  const first = sectionsFor(actor.permissions)[0];
  if (first === undefined) forbidden();
  redirect(sectionHref(actor.organisation.slug, first));
}
