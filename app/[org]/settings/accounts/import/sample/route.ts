import { csvCell } from '@/lib/imports/csv';
import { currentActor } from '@/lib/sessions/current';

const SAMPLE = {
  fr: [
    [
      ...['Prénom', 'Nom', 'Courriel', 'Nom d’utilisateur', 'Profil', 'Rôle', 'Langue'],
      ...['Authentificateur', 'Identité externe'],
    ],
    ['Hélène', 'Côté', 'helene.cote@exemple.test', '', 'parent', '', 'français', '', ''],
    ['Samuel', 'Fortin', 'samuel.fortin@exemple.test', 'sfortin', 'employé', '', '', '', ''],
  ],
  en: [
    [
      ...['First name', 'Last name', 'Email', 'Username', 'Kind', 'Role', 'Language'],
      ...['Authenticator', 'External identity'],
    ],
    ['Helen', 'Winter', 'helen.winter@example.test', '', 'parent', '', 'English', '', ''],
    ['Samuel', 'Ford', 'samuel.ford@example.test', 'sford', 'employee', '', '', '', ''],
  ],
};

/** A file to fill in. It begins with a mark, by which spreadsheets know that it is UTF-8. */
export async function GET(_request: Request, { params }: RouteContext<'/[org]/settings/accounts/import/sample'>) {
  const { actor } = await currentActor((await params).org, '/[org]/settings/accounts/import/sample');
  const separator = { fr: ';', en: ',' }[actor.locale];
  const lines = SAMPLE[actor.locale].map((cells) => cells.map(csvCell).join(separator));
  const name = { fr: 'comptes-modele.csv', en: 'accounts-sample.csv' }[actor.locale];
  return new Response(`\uFEFF${lines.join('\r\n')}\r\n`, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
  });
}
