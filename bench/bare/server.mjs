import http from 'node:http';
import { hash, verify } from '@node-rs/argon2';
import next from 'next';

/**
 * The bare page behind a server as small as can be, which also tells what processor time it has used. At `/verify` the
 * page comes after one Argon2id verification.
 */
const [port, memoryCost, timeCost] = process.argv.slice(2).map(Number);
const secret = Buffer.alloc(32, 7);
const stored = await hash('Tournesol-Rivage-88', { algorithm: 2, memoryCost, timeCost, parallelism: 1, secret });
const app = next({ dev: false, dir: import.meta.dirname, hostname: 'localhost', port });
await app.prepare();
const handle = app.getRequestHandler();
http
  .createServer(async (request, response) => {
    if (request.url === '/cpu') {
      const { user, system } = process.cpuUsage();
      response.end(JSON.stringify((user + system) / 1e6));
      return;
    }
    if (request.url === '/verify') {
      await verify(stored, 'Tournesol-Rivage-88', { secret });
      request.url = '/';
    }
    await handle(request, response);
  })
  .listen(port, '127.0.0.1');
