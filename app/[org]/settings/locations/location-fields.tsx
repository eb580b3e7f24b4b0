import { FormCheckbox, FormField, FormFold } from '@/components/ui/action-form';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import type { LocationView } from '@/lib/locations/model';

const REFERENCE = [
  'isDefault',
  'isRemote',
  'address',
  'country',
  'timeZone',
  'latitude',
  'longitude',
  'groups',
] as const satisfies readonly (keyof LocationView)[];

/** Whether anything is written down for reference. */
const isFilled = (location: LocationView) =>
  REFERENCE.some((name) => {
    const value = location[name];
    return Array.isArray(value) ? value.length > 0 : value !== null && value !== '' && value !== false;
  });

/** The fields of a location: its name, and what is for reference only (LOC-1). */
export function LocationFields({ locale, location }: { locale: Locale; location: LocationView | null }) {
  const t = translator(locale);
  return (
    <>
      <FormField name="name" label={t('places.name')} defaultValue={location?.name} maxLength={100} required />
      <FormField
        name="description"
        label={t('places.description')}
        defaultValue={location?.description}
        maxLength={500}
      />
      <FormFold names={REFERENCE} title={t('places.reference')} filled={location !== null && isFilled(location)}>
        <p className="text-sm text-quiet">{t('places.referenceText')}</p>
        <FormCheckbox name="isDefault" label={t('places.isDefault')} defaultChecked={location?.isDefault} />
        <FormCheckbox name="isRemote" label={t('places.isRemote')} defaultChecked={location?.isRemote} />
        <FormField name="address" label={t('places.address')} defaultValue={location?.address} maxLength={300} />
        <div className="grid gap-4 sm:grid-cols-2">
          <FormField
            name="country"
            label={t('places.country')}
            hint={t('places.countryHint')}
            defaultValue={location?.country ?? ''}
            maxLength={2}
          />
          <FormField
            name="timeZone"
            label={t('places.timeZone')}
            hint={t('places.timeZoneHint')}
            defaultValue={location?.timeZone ?? ''}
            maxLength={50}
          />
          <FormField
            name="latitude"
            label={t('places.latitude')}
            defaultValue={location?.latitude ?? ''}
            inputMode="decimal"
            maxLength={14}
          />
          <FormField
            name="longitude"
            label={t('places.longitude')}
            defaultValue={location?.longitude ?? ''}
            inputMode="decimal"
            maxLength={14}
          />
        </div>
        <FormField
          name="groups"
          label={t('places.groups')}
          hint={t('places.groupsHint')}
          defaultValue={location?.groups.join(', ')}
          maxLength={500}
        />
      </FormFold>
    </>
  );
}
