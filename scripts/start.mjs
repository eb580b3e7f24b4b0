/** `npm start`: serves what `npm run build` made. Settings come from the environment (.env.example). */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository, serverProgram } from './steps.mjs';

// Next.js writes its last when it is done, and ours comes after it.
if (![path.join(repository, '.next/BUILD_ID'), serverProgram].every((file) => fs.existsSync(file))) {
  console.error('There is no build to serve yet. Make one with: npm run build');
  process.exit(1);
}
await import(pathToFileURL(serverProgram).href);
