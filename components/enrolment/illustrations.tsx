'use client';

import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';
import { still } from '@/components/ui/still';
import type { PhoneKind } from './phone-kind';

type DrawingProps = { className?: string };

const inNiche = (drawing: ReactNode) =>
  still(
    <>
      <path d="M8 128V68a64 64 0 0 1 128 0v60z" className="fill-niche" />
      {drawing}
    </>,
  );

/**
 * Every drawing stands in a niche of the same shape as the door; what it shows is said beside it, in words.
 *
 * @param inside of a drawing that many pages show: written once, and not each time
 */
function Niche({
  children,
  inside = inNiche(children),
  className,
}: {
  children?: ReactNode;
  inside?: { __html: string };
  className?: string;
}) {
  return (
    <svg
      viewBox="8 4 128 124"
      width="128"
      height="124"
      aria-hidden="true"
      className={classNames('shrink-0', className)}
      dangerouslySetInnerHTML={inside}
    />
  );
}

/** A telephone that rises from the sill of the niche; its screen spans x 46…98 from y 24 down. */
function Phone({ kind = 'iphone', children }: { kind?: PhoneKind; children: ReactNode }) {
  return (
    <>
      {kind === 'iphone' ? (
        <>
          <path d="M40 128V30a12 12 0 0 1 12-12h40a12 12 0 0 1 12 12v98z" className="fill-leaf" />
          <path d="M45 128V31a8 8 0 0 1 8-8h38a8 8 0 0 1 8 8v97z" className="fill-field" />
          <rect x="63" y="27" width="18" height="5" rx="2.5" className="fill-leaf" />
        </>
      ) : (
        <>
          <path d="M40 128V25a7 7 0 0 1 7-7h50a7 7 0 0 1 7 7v103zM104 50h2v16h-2z" className="fill-leaf" />
          <path d="M43.5 128V26a4 4 0 0 1 4-4h49a4 4 0 0 1 4 4v102z" className="fill-field" />
          <circle cx="72" cy="28.5" r="2.75" className="fill-leaf" />
        </>
      )}
      {children}
    </>
  );
}

/** A finger's press: two rings around a point. */
function Press({ x, y }: { x: number; y: number }) {
  return (
    <>
      <circle cx={x} cy={y} r="15" className="fill-pane" />
      <circle cx={x} cy={y} r="10" className="fill-accent" />
    </>
  );
}

/** The app's page in the store, with its one large button. */
export function StorePageDrawing({ kind = 'iphone', className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        <rect x="51" y="40" width="20" height="20" rx={kind === 'iphone' ? 5 : 10} className="fill-accent" />
        <path d="M57 56v-6a4 4 0 0 1 8 0v6z" className="fill-on-accent" />
        <path d="M76 45h16M76 53h10" strokeWidth="4" strokeLinecap="round" className="stroke-stone" />
        {kind === 'iphone' ? (
          <>
            <rect x="51" y="67" width="22" height="11" rx="5.5" className="fill-accent" />
            <path d="M57 72.5h10" strokeWidth="2.5" strokeLinecap="round" className="stroke-on-accent" />
          </>
        ) : (
          <>
            <rect x="51" y="67" width="42" height="11" rx="5.5" className="fill-accent" />
            <path d="M62 72.5h20" strokeWidth="2.5" strokeLinecap="round" className="stroke-on-accent" />
          </>
        )}
        <path
          d="M51 128V90a3 3 0 0 1 3-3h14a3 3 0 0 1 3 3v38zM75 128V90a3 3 0 0 1 3-3h14a3 3 0 0 1 3 3v38z"
          className="fill-pane"
        />
        <path
          d="M55 106h12M55 113h8M79 106h12M79 113h8"
          strokeWidth="3"
          strokeLinecap="round"
          className="stroke-pane-deep"
        />
      </Phone>
    </Niche>
  );
}

/** The app's « + »: at the top right of its list, or above it at the bottom. */
export function AddButtonDrawing({
  kind,
  corner = 'top',
  className,
}: DrawingProps & { kind?: PhoneKind; corner?: 'top' | 'bottom' }) {
  const y = corner === 'top' ? 46 : 108;
  const x = corner === 'top' ? 91 : 86;
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        <path d="M52 46h18" strokeWidth="5" strokeLinecap="round" className="stroke-stone" />
        <path d="M51 62h42M51 80h42M51 98h42" strokeWidth="2" className="stroke-line" />
        <path d="M53 71h14M53 89h20M53 107h10" strokeWidth="4" strokeLinecap="round" className="stroke-stone" />
        <Press x={x} y={y} />
        <path
          d={`M${x} ${y - 5}v10M${x - 5} ${y}h10`}
          strokeWidth="2.75"
          strokeLinecap="round"
          className="stroke-on-accent"
        />
      </Phone>
    </Niche>
  );
}

/** A list of a screen, one of its lines chosen: what that line shows is given, on a field from x 34 to x 110. */
function ChosenLine({
  kind,
  line,
  children,
  className,
}: DrawingProps & { kind?: PhoneKind; line: 1 | 2 | 3; children: ReactNode }) {
  const rows = [46, 72, 98];
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        {rows.map((y, index) =>
          index === line - 1 ? null : (
            <g key={y}>
              <circle cx="56" cy={y} r="5" className="fill-stone" />
              <path
                d={`M66 ${y}h${index === 1 ? 16 : 24}`}
                strokeWidth="4"
                strokeLinecap="round"
                className="stroke-stone"
              />
            </g>
          ),
        )}
        <g transform={`translate(0 ${rows[line - 1]! - 13})`}>
          <rect x="34" y="0" width="76" height="26" rx="7" className="fill-accent" />
          {children}
          <path
            d="M101 9.5l3.5 3.5-3.5 3.5"
            fill="none"
            strokeWidth="2.5"
            strokeLinecap="round"
            strokeLinejoin="round"
            className="stroke-on-accent"
          />
        </g>
      </Phone>
    </Niche>
  );
}

/** The list of kinds of accounts, its last line chosen. */
export function OtherAccountDrawing({ kind, className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <ChosenLine kind={kind} line={3} className={className}>
      <circle cx="48" cy="9.5" r="3.75" className="fill-on-accent" />
      <path d="M41 21a7 7 0 0 1 14 0z" className="fill-on-accent" />
      <path d="M63 13h30" strokeWidth="4" strokeLinecap="round" className="stroke-on-accent" />
    </ChosenLine>
  );
}

/** The line that opens the camera, chosen. */
export function ScanChoiceDrawing({ kind, className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <ChosenLine kind={kind} line={2} className={className}>
      <path
        d="M42.5 7h4v4h-4zM51 7h4v4h-4zM42.5 15.5h4v4h-4z"
        fill="none"
        strokeWidth="2.25"
        strokeLinejoin="round"
        className="stroke-on-accent"
      />
      <path d="M50 14.5h2.5V17H50zM53.5 17H56v3.5h-2.5z" className="fill-on-accent" />
      <path d="M63 13h30" strokeWidth="4" strokeLinecap="round" className="stroke-on-accent" />
    </ChosenLine>
  );
}

/** The line that adds a code to a record, chosen. */
export function AddFieldDrawing({ kind, className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <ChosenLine kind={kind} line={2} className={className}>
      <path d="M48 7.5v11M42.5 13h11" strokeWidth="3" strokeLinecap="round" className="stroke-on-accent" />
      <path d="M63 13h30" strokeWidth="4" strokeLinecap="round" className="stroke-on-accent" />
    </ChosenLine>
  );
}

/** The tiles of a password manager, the one of the codes chosen. */
export function CodesTileDrawing({ kind, className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        <path d="M52 43h22" strokeWidth="5" strokeLinecap="round" className="stroke-stone" />
        <path
          d="M54 54h14a3 3 0 0 1 3 3v13a3 3 0 0 1-3 3H54a3 3 0 0 1-3-3V57a3 3 0 0 1 3-3zM78 54h14a3 3 0 0 1 3 3v13a3 3 0 0 1-3 3H78a3 3 0 0 1-3-3V57a3 3 0 0 1 3-3zM78 79h14a3 3 0 0 1 3 3v13a3 3 0 0 1-3 3H78a3 3 0 0 1-3-3V82a3 3 0 0 1 3-3zM54 104h14a3 3 0 0 1 3 3v21H51v-21a3 3 0 0 1 3-3zM78 104h14a3 3 0 0 1 3 3v21H75v-21a3 3 0 0 1 3-3z"
          className="fill-line"
        />
        <rect x="32" y="75" width="44" height="28" rx="7" className="fill-accent" />
        <path
          d="M39 84h7M51 84h7M63 84h6M39 94h14"
          strokeWidth="4"
          strokeLinecap="round"
          className="stroke-on-accent"
        />
      </Phone>
    </Niche>
  );
}

/** Below the camera's picture, the line that lets one type the code. */
export function ManualChoiceDrawing({ kind, className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        <path d="M46 38h52v42H46z" className="fill-pane" />
        <path
          d="M58 54v-5a3 3 0 0 1 3-3h5M78 46h5a3 3 0 0 1 3 3v5M86 64v5a3 3 0 0 1-3 3h-5M66 72h-5a3 3 0 0 1-3-3v-5"
          fill="none"
          strokeWidth="3.5"
          strokeLinecap="round"
          className="stroke-pane-deep"
        />
        <rect x="34" y="88" width="76" height="26" rx="7" className="fill-accent" />
        <rect
          x="40"
          y="94"
          width="19"
          height="14"
          rx="2.5"
          fill="none"
          strokeWidth="2.25"
          className="stroke-on-accent"
        />
        <path d="M44 98.5h2M48.5 98.5h2M53 98.5h2M45 103.5h9" strokeWidth="2.25" className="stroke-on-accent" />
        <path d="M67 101h34" strokeWidth="4" strokeLinecap="round" className="stroke-on-accent" />
      </Phone>
    </Niche>
  );
}

/** The camera held over the square. */
export function ScanDrawing({ kind, className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        <path d="M45 42h54v86H45z" className="fill-pane" />
        <path d="M57 60h30v30H57z" className="fill-qr-light" />
        <path
          d="M60 63h9v9h-9zM75 63h9v9h-9zM60 78h9v9h-9zM72 75h3v3h-3zM78 75h6v3h-6zM75 81h3v6h-3zM81 81h3v3h-3zM78 84h3v3h-3zM72 63h2v6h-2z"
          className="fill-qr-dark"
        />
        <path d="M63 66h3v3h-3zM78 66h3v3h-3zM63 81h3v3h-3z" className="fill-qr-light" />
        <path
          d="M51 64v-7a3 3 0 0 1 3-3h7M83 54h7a3 3 0 0 1 3 3v7M93 86v7a3 3 0 0 1-3 3h-7M61 96h-7a3 3 0 0 1-3-3v-7"
          fill="none"
          strokeWidth="3.5"
          strokeLinecap="round"
          className="stroke-leaf"
        />
        <circle cx="72" cy="114" r="8" className="fill-field" />
        <circle cx="72" cy="114" r="5.5" className="fill-leaf" />
      </Phone>
    </Niche>
  );
}

/** Six digits on the telephone, and the time that is left to type them. */
export function CodeDrawing({ kind = 'iphone', className }: DrawingProps & { kind?: PhoneKind }) {
  return <Niche inside={CODE[kind]} className={className} />;
}

const code = (kind: PhoneKind) =>
  inNiche(
    <Phone kind={kind}>
      <path d="M52 44h24" strokeWidth="4" strokeLinecap="round" className="stroke-stone" />
      <circle cx="90" cy="44" r="5.5" fill="none" strokeWidth="3" className="stroke-line" />
      <path
        d="M90 38.5a5.5 5.5 0 1 1-5.5 5.5"
        fill="none"
        strokeWidth="3"
        strokeLinecap="round"
        className="stroke-accent"
      />
      <rect x="26" y="58" width="92" height="32" rx="8" className="fill-accent" />
      <text
        x="72"
        y="80.5"
        textAnchor="middle"
        fontSize="19"
        fontWeight="600"
        letterSpacing="0.5"
        className="fill-on-accent font-mono"
      >
        492 187
      </text>
      <path d="M52 104h40M52 116h28" strokeWidth="4" strokeLinecap="round" className="stroke-line" />
    </Phone>,
  );
const CODE: Record<PhoneKind, { __html: string }> = { iphone: code('iphone'), android: code('android') };

/** A finger on the telephone, whose lines are doors within doors; beside it, a small key that does the same. */
export function PasskeyDrawing({ kind, className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        <path d="M40 106V68a32 32 0 0 1 64 0v38z" className="fill-accent" />
        <path
          d="M51 97V68a21 21 0 0 1 42 0v29M60 97V68a12 12 0 0 1 24 0v29M72 66v14M72 89v8"
          fill="none"
          strokeWidth="4.5"
          strokeLinecap="round"
          className="stroke-on-accent"
        />
        <path d="M56 117h32" strokeWidth="4" strokeLinecap="round" className="stroke-line" />
      </Phone>
      <path d="M113 94h10v10h-10z" className="fill-stone" />
      <path d="M116 97h1.5v4H116zM119.5 97h1.5v4h-1.5z" className="fill-leaf" />
      <path d="M109 107a4 4 0 0 1 4-4h10a4 4 0 0 1 4 4v21h-18z" className="fill-leaf" />
      <circle cx="118" cy="116" r="4" className="fill-pane-deep" />
    </Niche>
  );
}

/** The key typed by hand: groups of four, and the keyboard. */
export function TypedKeyDrawing({ kind, className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        <path d="M52 44h22" strokeWidth="4" strokeLinecap="round" className="stroke-stone" />
        <rect x="26" y="54" width="92" height="26" rx="7" className="fill-accent" />
        <path d="M34 67h13M53 67h13M72 67h13" strokeWidth="5" strokeLinecap="round" className="stroke-on-accent" />
        <path d="M92 60.5v13" strokeWidth="2" strokeLinecap="round" className="stroke-on-accent" />
        <path d="M45 90h54v38H45z" className="fill-pane" />
        <path
          d="M50 97h5M58 97h5M66 97h5M74 97h5M82 97h5M90 97h4M53 107h5M61 107h5M69 107h5M77 107h5M85 107h5M56 117h5M64 117h5M72 117h5M80 117h5"
          strokeWidth="5.5"
          className="stroke-field"
        />
      </Phone>
    </Niche>
  );
}

/** The telephone's page of date and time, with its switch on « automatic ». */
export function ClockSettingsDrawing({ kind = 'iphone', className }: DrawingProps & { kind?: PhoneKind }) {
  return (
    <Niche className={className}>
      <Phone kind={kind}>
        <circle cx="72" cy="60" r="19" className="fill-pane" />
        <path
          d="M72 49v11l7 5"
          fill="none"
          strokeWidth="3.5"
          strokeLinecap="round"
          strokeLinejoin="round"
          className="stroke-leaf"
        />
        {kind === 'iphone' ? (
          <rect x="34" y="88" width="76" height="24" rx="7" className="fill-accent" />
        ) : (
          <rect x="34" y="88" width="76" height="24" rx="12" className="fill-accent" />
        )}
        <path d="M43 100h26" strokeWidth="4" strokeLinecap="round" className="stroke-on-accent" />
        <rect x="82" y="93.5" width="21" height="13" rx="6.5" className="fill-on-accent" />
        <circle cx="96.5" cy="100" r="4.5" className="fill-accent" />
        <path d="M52 121h20" strokeWidth="4" strokeLinecap="round" className="stroke-line" />
      </Phone>
    </Niche>
  );
}

/** A card of codes, put away in a drawer. */
export function RecoveryCodesDrawing({ className }: DrawingProps) {
  return <Niche inside={RECOVERY_CODES} className={className} />;
}

const RECOVERY_CODES = inNiche(
  <>
    <path d="M40 92V38a6 6 0 0 1 6-6h52a6 6 0 0 1 6 6v54z" className="fill-field" />
    <path d="M40 48V38a6 6 0 0 1 6-6h52a6 6 0 0 1 6 6v10z" className="fill-accent" />
    <path d="M48 40h22" strokeWidth="3.5" strokeLinecap="round" className="stroke-on-accent" />
    <path
      d="M48 58h19M77 58h19M48 68h19M77 68h19M48 78h19M77 78h19"
      strokeWidth="4"
      strokeLinecap="round"
      className="stroke-stone"
    />
    <path d="M20 84h104v44H20z" className="fill-leaf" />
    <path d="M20 84h104l6 8H14z" className="fill-pot" />
    <path d="M14 92h116v36H14z" className="fill-pot" />
    <path d="M14 92h116v5H14z" className="fill-pot-lit" />
    <path d="M62 111h20" strokeWidth="5" strokeLinecap="round" className="stroke-pane" />
  </>,
);

/** A token on a ring, with the number that it shows. */
export function TokenDrawing({ className }: DrawingProps) {
  return (
    <Niche className={className}>
      <circle cx="104" cy="50" r="15" fill="none" strokeWidth="5" className="stroke-stone" />
      <path d="M34 62h52a24 24 0 0 1 0 48H34a12 12 0 0 1-12-12V74a12 12 0 0 1 12-12z" className="fill-leaf" />
      <circle cx="93" cy="78" r="5" className="fill-niche" />
      <rect x="31" y="72" width="46" height="20" rx="4" className="fill-field" />
      <path d="M38 82h13M57 82h13" strokeWidth="5" strokeLinecap="round" className="stroke-ink" />
      <circle cx="91" cy="96" r="6.5" className="fill-accent" />
    </Niche>
  );
}

/** A sheet of codes that folds to the size of a wallet. */
export function FoldedCardDrawing({ className }: DrawingProps) {
  return (
    <Niche className={className}>
      <path d="M26 54l46-10v66l-46 10z" className="fill-field" />
      <path d="M72 44l46 10v66l-46-10z" className="fill-pane" />
      <path d="M26 54l46-10v14l-46 10z" className="fill-accent" />
      <path
        d="M35 79l11-2.4M52 75.3l11-2.4M35 90l11-2.4M52 86.3l11-2.4M35 101l11-2.4M52 97.3l11-2.4"
        strokeWidth="4"
        strokeLinecap="round"
        className="stroke-stone"
      />
      <path d="M72 44v66" strokeWidth="2.5" strokeDasharray="4 4" className="stroke-leaf" />
      <path d="M86 116V86a9 9 0 0 1 18 4v30z" className="fill-pane-deep" />
    </Niche>
  );
}

/** An app on the computer. */
export function ComputerDrawing({ className }: DrawingProps) {
  return (
    <Niche className={className}>
      <path d="M28 106V52a6 6 0 0 1 6-6h76a6 6 0 0 1 6 6v54z" className="fill-leaf" />
      <path d="M34 52h76v48H34z" className="fill-field" />
      <path d="M14 106h116v6a6 6 0 0 1-6 6H20a6 6 0 0 1-6-6z" className="fill-stone" />
      <rect x="46" y="64" width="52" height="22" rx="5" className="fill-accent" />
      <path d="M53 75h15M76 75h15" strokeWidth="5" strokeLinecap="round" className="stroke-on-accent" />
    </Niche>
  );
}

/** A telephone of either family, lit. */
export function PhoneDrawing({ kind, className }: DrawingProps & { kind: PhoneKind }) {
  return <Niche inside={PHONE[kind]} className={className} />;
}

const phone = (kind: PhoneKind) =>
  inNiche(
    <Phone kind={kind}>
      <path d="M58 128V92a14 14 0 0 1 28 0v36z" className="fill-pane" />
      <path d="M72 128V78a14 14 0 0 1 14 14v36z" className="fill-pane-deep" />
      <path d="M60 52h24M64 62h16" strokeWidth="4" strokeLinecap="round" className="stroke-stone" />
    </Phone>,
  );
const PHONE: Record<PhoneKind, { __html: string }> = { iphone: phone('iphone'), android: phone('android') };
