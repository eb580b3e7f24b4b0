/** `npm start`: serves what `npm run build` made. Settings come from the environment (.env.example). */
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { serverProgram } from './steps.mjs';

if (!fs.existsSync(serverProgram)) {
  console.error('There is no build to serve yet. Make one with: npm run build');
  process.exit(1);
}
await import(pathToFileURL(serverProgram).href);
