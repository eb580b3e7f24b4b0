import { ActionForm } from '@/components/ui/action-form';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import type { Authenticator } from '@/lib/authenticators/model';
import { sentence, translator } from '@/lib/language/translate';
import { viewCertificate } from '@/lib/saml/certificates';
import { endingSoon, findMetadataState, fingerprintsOf } from '@/lib/saml/upkeep';
import { answerKeys } from '../actions';
import { dayOf } from '../words';

type Saml = Authenticator & { type: 'saml' };

/** The provider's keys as they count now, and those that wait for a yes (SAML-3). */
export async function SamlKeys({ actor, authenticator }: { actor: Actor; authenticator: Saml }) {
  const t = translator(actor.locale);
  const { certificates, proposedCertificates, metadataUrl } = authenticator.settings;
  const looked = metadataUrl === null ? null : await findMetadataState(actor, authenticator.id);
  const day = looked === null ? '' : dayOf(looked.checkedAt, actor.locale, actor.organisation.timeZone);
  const fault =
    looked === null || looked.fault === null
      ? null
      : sentence(actor.locale, `fields.${looked.fault.replace('.', '_')}`, { date: '—' });
  return (
    <Panel title={t('authenticators.saml.certificates')} titleId="keys">
      {proposedCertificates.length > 0 ? (
        <Notice tone="warning" title={t('authenticators.saml.proposedTitle')}>
          <p>{t('authenticators.saml.proposedText')}</p>
          <h3 className="mt-4 font-medium">{t('authenticators.saml.proposed')}</h3>
          <Certificates actor={actor} certificates={proposedCertificates} />
          <div className="mt-4 flex flex-wrap gap-3">
            {(['accept', 'refuse'] as const).map((answer) => (
              <ActionForm
                key={answer}
                action={answerKeys}
                hidden={{ authenticator: authenticator.id, seen: fingerprintsOf(proposedCertificates), answer }}
              >
                <SubmitButton variant={answer === 'accept' ? 'primary' : 'secondary'} pendingLabel={t('site.saving')}>
                  {t(`authenticators.saml.${answer}`)}
                </SubmitButton>
              </ActionForm>
            ))}
          </div>
        </Notice>
      ) : null}
      {certificates.length === 0 ? (
        <p className="text-quiet">{t('authenticators.saml.noCertificates')}</p>
      ) : (
        <>
          {proposedCertificates.length > 0 ? <h3 className="font-medium">{t('authenticators.saml.present')}</h3> : null}
          <Certificates actor={actor} certificates={certificates} />
        </>
      )}
      {looked === null ? null : (
        <p className="text-sm text-quiet">
          {fault === null
            ? t('authenticators.saml.metadataChecked', { date: day })
            : t('authenticators.saml.metadataFault', { date: day, fault })}
        </p>
      )}
    </Panel>
  );
}

function Certificates({ actor, certificates }: { actor: Actor; certificates: readonly string[] }) {
  const t = translator(actor.locale);
  const day = (date: Date) => dayOf(date, actor.locale, actor.organisation.timeZone);
  const ending = new Set(endingSoon(certificates, actor.now).map(({ fingerprint }) => fingerprint));
  return (
    <ul className="flex flex-col divide-y divide-line">
      {certificates.map((pem) => {
        const { subject, from, until, fingerprint, key } = viewCertificate(pem);
        const state =
          until <= actor.now ? 'expired' : from > actor.now ? 'notYet' : ending.has(fingerprint) ? 'endsSoon' : null;
        const facts = [
          [t('authenticators.saml.subject'), subject],
          [
            t('authenticators.saml.validity'),
            t('authenticators.saml.validityDates', { from: day(from), until: day(until) }),
          ],
          [t('authenticators.saml.key'), key],
        ];
        return (
          <li key={fingerprint} className="flex flex-col gap-2 py-3">
            {state === null ? null : <Notice tone="warning">{t(`authenticators.saml.${state}`)}</Notice>}
            <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[10rem_1fr]">
              {facts.map(([label, value]) => (
                <div key={label} className="contents">
                  <dt className="text-quiet">{label}</dt>
                  <dd className="min-w-0 break-words">{value}</dd>
                </div>
              ))}
              <dt className="text-quiet">{t('authenticators.saml.fingerprint')}</dt>
              <dd className="min-w-0 font-mono text-sm break-all select-all" translate="no">
                {fingerprint}
              </dd>
            </dl>
          </li>
        );
      })}
    </ul>
  );
}
