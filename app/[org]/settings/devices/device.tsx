import { ActionForm, FormField } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Icon } from '@/components/ui/icon';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { DEVICE_NAME_MAX, type ManagedDevice } from '@/lib/device-approval/model';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { describeUserAgent } from '@/lib/sessions/user-agent';
import { approve, distrust, rename, revoke } from './actions';

const TONES = { waiting: 'warning', approved: 'success', revoked: 'danger' } as const;

/** Whose browser, which one, from where and when; and what may be done about it. */
export function Device({ actor, device }: { actor: Actor; device: ManagedDevice }) {
  const t = translator(actor.locale);
  const agent = describeUserAgent(device.userAgent);
  const browser = t('account.sessionOn', {
    browser: agent.browser ?? t('account.unknownBrowser'),
    system: agent.system ?? t('account.unknownSystem'),
  });
  const waits = device.state === 'waiting';
  return (
    <article
      aria-labelledby={`device-${device.id}`}
      className="flex flex-col gap-4 rounded-surface border border-line bg-surface p-5 sm:p-6"
    >
      <div className="flex flex-col gap-1">
        <h3 id={`device-${device.id}`} className="flex flex-wrap items-center gap-2 font-semibold break-words">
          {device.person}
          <Badge tone={TONES[device.state]}>{t(`devices.states.${device.state}`)}</Badge>
          {device.current ? <Badge>{t('devices.current')}</Badge> : null}
        </h3>
        <p className="text-sm break-all text-quiet">{device.email}</p>
        <p className="break-words">{device.name === '' ? browser : `${device.name} (${browser})`}</p>
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 sm:gap-x-6 sm:gap-y-2">
        <dt className="text-quiet">{t('devices.from')}</dt>
        <dd className="break-all">{device.address ?? t('devices.unknownAddress')}</dd>
        <dt className="text-quiet">{waits ? t('devices.asked') : t('devices.first')}</dt>
        <dd className="tabular-nums">{momentFor(actor, device.firstSeenAt)}</dd>
        {waits ? null : (
          <>
            <dt className="text-quiet">{t('devices.last')}</dt>
            <dd className="tabular-nums">{momentFor(actor, device.lastSeenAt)}</dd>
          </>
        )}
        {device.trustedUntil === null ? null : (
          <>
            <dt className="text-quiet">{t('devices.trusted')}</dt>
            <dd className="tabular-nums">{momentFor(actor, device.trustedUntil)}</dd>
          </>
        )}
      </dl>
      {device.mayAnswer ? (
        <Answers actor={actor} device={device} browser={browser} />
      ) : (
        <p className="text-sm text-quiet">{t('devices.notYours')}</p>
      )}
    </article>
  );
}

function Answers({ actor, device, browser }: { actor: Actor; device: ManagedDevice; browser: string }) {
  const t = translator(actor.locale);
  const { id, state } = device;
  const of = { device: device.name || browser, name: device.person };
  if (state === 'waiting') {
    return (
      <>
        <p className="text-sm text-quiet">{t('devices.call', { name: device.person })}</p>
        <div className="flex flex-col gap-3 sm:flex-row">
          <ActionForm action={approve} hidden={{ device: id, seen: state }}>
            <SubmitButton pendingLabel={t('site.oneMoment')} aria-label={t('devices.approveOf', of)}>
              {t('devices.approve')}
            </SubmitButton>
          </ActionForm>
          <ActionForm action={revoke} hidden={{ device: id, seen: state }}>
            <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')} aria-label={t('devices.refuseOf', of)}>
              {t('devices.refuse')}
            </SubmitButton>
          </ActionForm>
        </div>
      </>
    );
  }
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <details className="group min-w-0">
        <summary
          aria-label={t(device.name === '' ? 'devices.nameItOf' : 'devices.changeNameOf', of)}
          className="flex min-h-11 cursor-pointer list-none items-center gap-2 rounded-field pr-3 font-medium hover:bg-wash [&::-webkit-details-marker]:hidden"
        >
          <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
          {device.name === '' ? t('devices.nameIt') : t('devices.changeName')}
        </summary>
        <ActionForm action={rename} hidden={{ device: id }} className="flex-wrap gap-3 pt-2 sm:flex-row sm:items-end">
          <FormField
            name="name"
            id={`name-${id}`}
            label={t('devices.nameLabel')}
            aria-label={t('devices.nameLabelOf', of)}
            defaultValue={device.name}
            maxLength={DEVICE_NAME_MAX}
            autoComplete="off"
          />
          <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')} aria-label={t('devices.saveNameOf', of)}>
            {t('devices.saveName')}
          </SubmitButton>
        </ActionForm>
      </details>
      {device.trustedUntil === null ? null : (
        <ActionForm action={distrust} hidden={{ device: id }}>
          <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')} aria-label={t('devices.distrustOf', of)}>
            {t('devices.distrust')}
          </SubmitButton>
        </ActionForm>
      )}
      {state === 'revoked' ? (
        <ActionForm action={approve} hidden={{ device: id, seen: state }}>
          <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')} aria-label={t('devices.letInOf', of)}>
            {t('devices.letIn')}
          </SubmitButton>
        </ActionForm>
      ) : device.current ? null : (
        <ActionForm action={revoke} hidden={{ device: id, seen: state }}>
          <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')} aria-label={t('devices.revokeOf', of)}>
            {t('devices.revoke')}
          </SubmitButton>
        </ActionForm>
      )}
    </div>
  );
}
