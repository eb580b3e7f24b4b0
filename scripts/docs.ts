import { writeFileSync } from 'node:fs';
import { optionsDocument } from '@/lib/options/document';

/** Writes what is drawn from the code: run it after a change of the options. */
writeFileSync(new URL('../docs/options.md', import.meta.url), optionsDocument());
