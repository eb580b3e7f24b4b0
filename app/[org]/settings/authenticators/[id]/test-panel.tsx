import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';

/** « Tester »: the administrator goes through what is saved, in a tab of its own; nothing changes by it (AUTH-5). */
export function TestPanel({ actor, id }: { actor: Actor; id: string }) {
  const t = translator(actor.locale);
  return (
    <Panel title={t('providerTest.panel')} titleId="test" lead={t('providerTest.panelLead')}>
      <Button
        href={`/${actor.organisation.slug}/settings/authenticators/${id}/test/go`}
        target="_blank"
        rel="noopener"
        className="self-start"
      >
        {t('providerTest.start')}
      </Button>
    </Panel>
  );
}
