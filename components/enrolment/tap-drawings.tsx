import type { ReactNode } from 'react';
import type { AppKey } from '@/lib/enrolment/model';
import {
  AddButtonDrawing,
  AddFieldDrawing,
  CodesTileDrawing,
  ManualChoiceDrawing,
  OtherAccountDrawing,
  ScanChoiceDrawing,
  ScanDrawing,
  TypedKeyDrawing,
} from './illustrations';
import type { PhoneKind } from './phone-kind';

type Screen = (kind: PhoneKind) => ReactNode;

const size = 'h-auto w-full';
const addTop: Screen = (kind) => <AddButtonDrawing kind={kind} className={size} />;
const addBottom: Screen = (kind) => <AddButtonDrawing kind={kind} corner="bottom" className={size} />;
const addField: Screen = (kind) => <AddFieldDrawing kind={kind} className={size} />;
const codesTile: Screen = (kind) => <CodesTileDrawing kind={kind} className={size} />;
const other: Screen = (kind) => <OtherAccountDrawing kind={kind} className={size} />;
const scanChoice: Screen = (kind) => <ScanChoiceDrawing kind={kind} className={size} />;
const manual: Screen = (kind) => <ManualChoiceDrawing kind={kind} className={size} />;
const camera: Screen = (kind) => <ScanDrawing kind={kind} className={size} />;
const typed: Screen = (kind) => <TypedKeyDrawing kind={kind} className={size} />;

/** What each app shows at each tap of the sentences in messages/: where its « + » is, which line one chooses. */
const screens: Record<'scan' | 'type', Record<AppKey, readonly [Screen, Screen, Screen]>> = {
  scan: {
    microsoft: [addTop, other, camera],
    google: [addBottom, scanChoice, camera],
    duo: [addTop, scanChoice, camera],
    okta: [addTop, other, camera],
    authy: [addTop, scanChoice, camera],
    onepassword: [addTop, addField, camera],
    apple: [codesTile, addBottom, camera],
  },
  type: {
    microsoft: [other, manual, typed],
    google: [addBottom, manual, typed],
    duo: [addTop, other, typed],
    okta: [other, manual, typed],
    authy: [addTop, manual, typed],
    onepassword: [addTop, addField, typed],
    apple: [codesTile, manual, typed],
  },
};

/** The pictures beside the taps; none for an app on a computer, whose screens are not these. */
export function tapDrawings(way: 'scan' | 'type', app: AppKey, phone: PhoneKind | 'other' | null): ReactNode[] {
  if (phone === 'other') return [];
  return screens[way][app].map((draw) => draw(phone ?? 'iphone'));
}
