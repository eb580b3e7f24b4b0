import type { ReactNode } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { STANDINGS, type Adoption, type MfaStandingOfPerson } from '@/lib/adoption/model';
import { translator } from '@/lib/language/translate';
import { fieldValues } from '@/lib/options/draft';
import { MFA_OPTION_OF, optionText } from '@/lib/options/registry';
import type { OptionsReview, ReviewedChange } from '@/lib/options/service';
import { optionWords, valueWords } from '@/lib/options/words';
import type { AccountKind } from '@/lib/policy/decision';
import { confirmChanges } from './actions';
import { changeWords } from './rows';

/** Before → after and what it does, then who is touched, then the two buttons (LOOK.md). */
export function Review({ actor, review, backHref }: { actor: Actor; review: OptionsReview; backHref: string }) {
  const t = translator(actor.locale);
  const { changes, own } = review;
  const fields = Object.assign({}, ...changes.map(({ key, after }) => fieldValues(key, after))) as Record<
    string,
    string
  >;
  const drawn = Object.fromEntries(changes.map(({ key, before }) => [key, optionText(before)]));
  return (
    <div className="flex flex-col gap-6">
      {changes.some(({ overtaken }) => overtaken !== null) ? (
        <Notice tone="warning" title={t('optionsGrid.overtakenTitle')}>
          {t('optionsGrid.overtakenLead')}
        </Notice>
      ) : null}
      <ul className="flex flex-col divide-y divide-line rounded-surface border border-line">
        {changes.map((change) => (
          <li key={change.key}>
            <Change actor={actor} change={change} />
          </li>
        ))}
      </ul>
      {changes.map(({ key, after }) => {
        const kind = KINDS.find((one) => MFA_OPTION_OF[one] === key);
        if (kind === undefined) return null;
        const groups = review.adoption.filter((one) => one.kind === kind);
        if (after === 'mandatory') return <Touched key={key} actor={actor} kind={kind} groups={groups} />;
        if (after === 'off') return <Kept key={key} actor={actor} kind={kind} groups={groups} />;
        return null;
      })}
      {review.beyondHelp !== null && review.beyondHelp.length > 0 ? (
        <Notice tone="warning" title={t('optionsGrid.beyondHelpTitle')}>
          {t('optionsGrid.beyondHelp', { names: listed(actor, review.beyondHelp) })}
        </Notice>
      ) : null}
      {own === 'stays' ? null : (
        <Notice tone={own === 'shut-out' ? 'danger' : 'warning'}>{t(`optionsGrid.own.${own}`)}</Notice>
      )}
      <ActionForm
        action={confirmChanges}
        hidden={{ ...fields, version: String(review.version), drawn: JSON.stringify(drawn) }}
        className="sticky -bottom-5 -mx-5 -mb-5 border-t border-line bg-surface px-5 py-4 sm:-bottom-8 sm:-mx-8 sm:-mb-8 sm:px-8"
      >
        <div className="flex gap-3 *:max-sm:flex-1 sm:justify-end">
          <Button href={backHref}>{t('site.cancel')}</Button>
          {own === 'shut-out' ? null : (
            <SubmitButton pendingLabel={t('site.oneMoment')}>{t('optionsGrid.confirm')}</SubmitButton>
          )}
        </div>
      </ActionForm>
    </div>
  );
}

const KINDS = Object.keys(MFA_OPTION_OF) as readonly AccountKind[];

const listed = (actor: Actor, names: readonly string[]) =>
  new Intl.ListFormat(actor.locale, { type: 'conjunction' }).format(names);

function Change({ actor, change }: { actor: Actor; change: ReviewedChange }) {
  const t = translator(actor.locale);
  const { key, before, after, overtaken } = change;
  const { label, effect } = optionWords(actor.locale, key);
  const value = (one: unknown) => valueWords(actor.locale, key, one);
  return (
    <section aria-label={label} className="flex flex-col gap-3 p-4">
      <h3 className="font-semibold">
        {label} <span className="ml-1 font-mono text-sm font-normal text-quiet">{key}</span>
      </h3>
      {overtaken === null ? null : (
        <p className="rounded-field bg-warning-wash px-3 py-2">
          {t('optionsGrid.overtaken', {
            change: changeWords(actor, overtaken),
            seen: value(overtaken.seen).join(', '),
            now: value(before).join(', '),
          })}
        </p>
      )}
      <dl className="grid gap-3 sm:grid-cols-2">
        <Side label={t('optionsGrid.before')} lines={value(before)} />
        <Side label={t('optionsGrid.after')} lines={value(after)} strong />
      </dl>
      <p className="text-quiet">{effect}</p>
    </section>
  );
}

function Side({ label, lines, strong = false }: { label: string; lines: readonly string[]; strong?: boolean }) {
  return (
    <div className={strong ? 'rounded-field bg-wash px-3 py-2' : 'rounded-field bg-sunken px-3 py-2'}>
      <dt className="text-sm text-quiet">{label}</dt>
      {lines.map((line) => (
        <dd key={line} className={strong ? 'font-semibold break-words' : 'break-words'}>
          {line}
        </dd>
      ))}
    </div>
  );
}

/** Whom a mandatory factor touches, by number and by name (MFA-9). */
function Touched({ actor, kind, groups }: { actor: Actor; kind: AccountKind; groups: readonly Adoption[] }) {
  const t = translator(actor.locale);
  return (
    <section aria-label={t(`optionsGrid.touched.${kind}`)} className="flex flex-col gap-3">
      <h3 className="font-semibold">{t(`optionsGrid.touched.${kind}`)}</h3>
      <ul className="grid gap-3 sm:grid-cols-3">
        {STANDINGS.map((standing) => (
          <li key={standing} className="rounded-surface border border-line p-4">
            <Group
              actor={actor}
              kind={kind}
              standing={standing}
              group={groups.find((one) => one.standing === standing)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Group({
  actor,
  kind,
  standing,
  group,
}: {
  actor: Actor;
  kind: AccountKind;
  standing: MfaStandingOfPerson;
  group: Adoption | undefined;
}): ReactNode {
  const t = translator(actor.locale);
  const total = group?.total ?? 0;
  const others = total - (group?.names.length ?? 0);
  return (
    <>
      <p className="text-xl font-bold tabular-nums">
        {total.toLocaleString(actor.locale === 'fr' ? 'fr-CA' : 'en-CA')}
      </p>
      <p className="font-medium">{t(`optionsGrid.standing.${standing}`, { count: total })}</p>
      <ul className="mt-2 text-sm text-quiet">
        {group?.names.map((name, index) => (
          <li key={index} className="break-words">
            {name}
          </li>
        ))}
      </ul>
      {others > 0 ? (
        <Others actor={actor} kind={kind} standing={standing}>
          {t('optionsGrid.others', { count: others })}
        </Others>
      ) : null}
    </>
  );
}

/** How the list of accounts is narrowed to them. */
const FILTERS = { enrolled: 'enrolled', 'to-enrol': 'not-enrolled', external: 'provider' } as const;

/** To all of them, where one may see the accounts. */
function Others({
  actor,
  kind,
  standing,
  children,
}: {
  actor: Actor;
  kind: AccountKind;
  standing: MfaStandingOfPerson;
  children: ReactNode;
}) {
  if (!actor.permissions.has('accounts.manage')) return <p className="text-sm text-quiet">{children}</p>;
  const filter = new URLSearchParams({ kind, mfa: FILTERS[standing] });
  return (
    <Link href={`/${actor.organisation.slug}/settings/accounts?${filter}`} className="text-sm">
      {children}
    </Link>
  );
}

function Kept({ actor, kind, groups }: { actor: Actor; kind: AccountKind; groups: readonly Adoption[] }) {
  const t = translator(actor.locale);
  const count = groups.find(({ standing }) => standing === 'enrolled')?.total ?? 0;
  return <Notice title={t(`optionsGrid.touched.${kind}`)}>{t('optionsGrid.kept', { count })}</Notice>;
}
