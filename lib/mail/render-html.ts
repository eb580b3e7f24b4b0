import { REGIONAL } from '@/lib/language/locale';
import type { LetterBody } from './model';

/*
 * An e-mail that looks like the portal (LOOK-4) in whatever reads it: no table, no picture, no font to fetch. Styles stand
 * at each element, where every mail app keeps them; the block in the head only brings the night, and may be lost.
 *
 * The colours are those of app/globals.css, in the notation that mail apps know.
 */
const DAY = {
  paper: '#fdfaf4',
  surface: '#ffffff',
  ink: '#1d2433',
  quiet: '#535864',
  line: '#e1ded7',
  accent: '#a74f21',
  onAccent: '#ffffff',
  leaf: '#252e40',
  pane: '#fcc17c',
} as const;
const NIGHT: Record<keyof typeof DAY, string> = {
  paper: '#0f141d',
  surface: '#191e28',
  ink: '#eeebe4',
  quiet: '#acb1bb',
  line: '#303540',
  accent: '#efa464',
  onAccent: '#211209',
  leaf: '#505869',
  pane: '#d98941',
};

const SANS = "Figtree, -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const MEASURE = 'max-width: 600px; margin: 0 auto;';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** By class, so that the night can change what stands at the elements. */
const NIGHT_RULES = `@media (prefers-color-scheme: dark) {
  .paper { background-color: ${NIGHT.paper} !important; }
  .surface { background-color: ${NIGHT.surface} !important; border-color: ${NIGHT.line} !important; }
  .ink { color: ${NIGHT.ink} !important; }
  .quiet { color: ${NIGHT.quiet} !important; }
  .line { border-color: ${NIGHT.line} !important; }
  .link { color: ${NIGHT.accent} !important; }
  .button { background-color: ${NIGHT.accent} !important; color: ${NIGHT.onAccent} !important; }
  .leaf { background-color: ${NIGHT.leaf} !important; }
  .pane { background-color: ${NIGHT.pane} !important; }
}`;

/** The doorway: a rounded arch with a door ajar, of two boxes. */
const MARK =
  `<div class="leaf" aria-hidden="true" style="width: 22px; height: 26px; overflow: hidden; border-radius: 11px 11px 0 0; background-color: ${DAY.leaf};">` +
  `<div class="pane" style="width: 7px; height: 22px; margin: 4px 0 0 12px; border-radius: 0 7px 0 0; background-color: ${DAY.pane}; font-size: 0; line-height: 0;">&nbsp;</div></div>`;

/** The letter as a document of its own. Everything that comes from outside is escaped; links are written as they are. */
export function renderHtml(body: LetterBody): string {
  const { title, hello, text, facts, doors, copy, note, foot, organisation } = body;
  const paragraph = (content: string, tone: 'ink' | 'quiet' = 'ink', more = '') =>
    `<p class="${tone}" style="margin: 0 0 16px; color: ${DAY[tone]}; ${more}">${content}</p>`;
  const colon = body.locale === 'fr' ? '&nbsp;:' : ':';
  const factLines = facts.map(
    ({ label, value }) =>
      `<span class="quiet" style="color: ${DAY.quiet};">${escape(label)}${colon}</span> ${escape(value)}`,
  );
  const buttons = doors.map(
    ({ label, href }) =>
      `<p style="margin: 24px 0 ${copy === null ? 8 : 24}px;"><a class="button" href="${escape(href)}" target="_blank" rel="noopener noreferrer" style="display: inline-block; padding: 12px 24px; border-radius: 8px; background-color: ${DAY.accent}; color: ${DAY.onAccent}; font-weight: 600; text-decoration: none;">${escape(label)}</a></p>` +
      (copy === null ? addressOf('', href) : ''),
  );
  const parts = [
    `<h1 class="ink" style="margin: 0 0 20px; color: ${DAY.ink}; font-size: 26px; line-height: 1.25; font-weight: 600;">${escape(title)}</h1>`,
    paragraph(escape(hello)),
    paragraph(escape(text)),
    ...(facts.length === 0
      ? []
      : [
          `<p class="ink line" style="margin: 0 0 16px; padding: 4px 0 4px 16px; border-left: 3px solid ${DAY.line}; color: ${DAY.ink};">${factLines.join('<br>')}</p>`,
        ]),
    ...buttons,
    ...(note === null ? [] : [paragraph(escape(note))]),
    ...(copy === null ? [] : doors.map(({ href }) => addressOf(`${escape(copy)}<br>`, href))),
  ];
  return `<!doctype html>
<html lang="${REGIONAL[body.locale]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>${escape(title)}</title>
<style>
${NIGHT_RULES}
</style>
</head>
<body class="paper" style="margin: 0; padding: 0; background-color: ${DAY.paper};">
<div style="display: none; max-height: 0; overflow: hidden;">${escape(text)}${'&#847;&zwnj;&nbsp;'.repeat(40)}</div>
<div class="paper" style="padding: 24px 12px; background-color: ${DAY.paper}; font-family: ${SANS}; font-size: 16px; line-height: 1.5;">
<div role="banner" style="${MEASURE} padding: 0 4px 16px;">
${MARK}
<p class="ink" style="margin: 8px 0 0; color: ${DAY.ink}; font-weight: 600;">${escape(organisation)}</p>
</div>
<div class="surface" role="main" style="${MEASURE} box-sizing: border-box; padding: 28px 24px 16px; border: 1px solid ${DAY.line}; border-radius: 12px; background-color: ${DAY.surface};">
${parts.join('\n')}
</div>
<div role="contentinfo" style="${MEASURE} padding: 16px 4px 0;">
${foot.map((line) => `<p class="quiet" style="margin: 0 0 6px; color: ${DAY.quiet}; font-size: 14px;">${escape(line)}</p>`).join('\n')}
</div>
</div>
</body>
</html>
`;
}

/** A link whose address can be read and copied. */
function addressOf(before: string, href: string): string {
  return `<p class="quiet" style="margin: 0 0 16px; color: ${DAY.quiet}; font-size: 14px;">${before}<a class="link" href="${escape(href)}" target="_blank" rel="noopener noreferrer" style="color: ${DAY.accent}; overflow-wrap: anywhere; word-break: break-word;">${escape(href)}</a></p>`;
}
