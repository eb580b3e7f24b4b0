import http from 'node:http';
import next from 'next';

/** The bare page behind a server as small as can be, which also tells what processor time it has used. */
const port = Number(process.argv[2]);
const app = next({ dev: false, dir: import.meta.dirname, hostname: 'localhost', port });
await app.prepare();
const handle = app.getRequestHandler();
http
  .createServer((request, response) => {
    if (request.url === '/cpu') {
      const { user, system } = process.cpuUsage();
      response.end(JSON.stringify((user + system) / 1e6));
    } else {
      void handle(request, response);
    }
  })
  .listen(port, '127.0.0.1');
