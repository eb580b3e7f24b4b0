import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAddress } from '@/lib/network/address';
import { checkOutgoing, guardedFetch, OutgoingFault, type OutgoingWays } from './fetch';
import { judgeUrl, reachOf } from './rules';

/** Listens on this machine and counts whoever connects: what must not be reached. */
let connections = 0;
const listener = net.createServer((socket) => {
  connections += 1;
  socket.destroy();
});
let port = 0;

/** Answers as each test wants. */
let answer: http.RequestListener = (_, response) => response.end('{}');
const server = http.createServer((request, response) => answer(request, response));
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (listener.address() as AddressInfo).port;
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  listener.close();
  server.closeAllConnections();
  server.close();
});

const CLOSED: OutgoingWays = { allowPrivate: false };
const OPEN: OutgoingWays = { allowPrivate: true };

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof OutgoingFault) return error.issue ?? error.code;
      throw error;
    },
  );

const leadsTo = (...addresses: string[]): OutgoingWays => ({
  allowPrivate: false,
  resolve: async () => addresses.map((address) => ({ address, family: net.isIP(address) })),
});

describe('OIDC-5 addresses that administrators type', () => {
  it('OIDC-5 refuses every spelling of an address inside, and connects to nothing', async () => {
    const before = connections;
    const tried = [
      `http://127.0.0.1:${port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'https://169.254.169.254/',
      ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '017700000001', '①②⑦.⓪.⓪.①', 'localhost', 'localhost.'],
      ...['[::1]', '[::ffff:127.0.0.1]', '[::ffff:10.0.0.1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]'],
      ...['[fe80::1]', '[fd00:ec2::254]', '[::]', '0.0.0.0', '10.0.0.1', '172.16.5.4', '192.168.1.1', '100.64.0.1'],
      ...['224.0.0.1', '255.255.255.255', '198.18.0.1', '192.0.2.1'],
    ].map((host) => (host.startsWith('http') ? host : `https://${host}:${host.includes('127') ? port : 443}/`));
    for (const url of [...tried, `https://x@127.0.0.1:${port}/`, `https://x:y@idp.example/`]) {
      expect([url, await faultOf(guardedFetch(url, {}, leadsTo('127.0.0.1')))]).not.toEqual([url, 'done']);
      expect(['private', 'scheme', 'credentials']).toContain(await faultOf(checkOutgoing(url, leadsTo('127.0.0.1'))));
    }
    expect(connections).toBe(before);
  });

  it('OIDC-5 refuses a name that leads inside, even where only one of its addresses does', async () => {
    const before = connections;
    for (const addresses of [['10.1.2.3'], ['127.0.0.1'], ['93.184.215.14', '127.0.0.1'], ['::1'], ['fd12::1']]) {
      expect(await faultOf(guardedFetch('https://idp.example/', {}, leadsTo(...addresses)))).toBe('private');
    }
    expect(await faultOf(guardedFetch('https://idp.example/', {}, leadsTo()))).toBe('unreachable');
    expect(connections).toBe(before);
  });

  it('OIDC-5 connects to the very address that was checked, whatever the name says a moment later', async () => {
    const asked: string[] = [];
    // This machine in the place of an address of the world: what is pinned is what was looked up.
    const ways: OutgoingWays = {
      allowPrivate: true,
      resolve: async (host) => {
        asked.push(host);
        return [{ address: asked.length === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
      },
    };
    let seen: string | undefined;
    answer = (request, response) => {
      seen = request.socket.localAddress;
      response.end(request.headers.host);
    };
    const { port: own } = new URL(origin);
    const response = await guardedFetch(`http://idp.example:${own}/`, {}, ways);
    expect([await response.text(), asked, seen]).toEqual([`idp.example:${own}`, ['idp.example'], '127.0.0.1']);
  });

  it('OIDC-5 refuses plain http and other ports, schemes and users', async () => {
    const issueOf = (text: string, allowPrivate = false) => judgeUrl(new URL(text), allowPrivate);
    expect(issueOf('https://idp.example/')).toBeNull();
    expect(issueOf('https://idp.example:8443/')).toBeNull();
    expect(issueOf('http://idp.example/')).toBe('scheme');
    for (const other of [22, 25, 80, 5432, 6379, 9200]) {
      expect(issueOf(`https://idp.example:${other}/`)).toBe('port');
    }
    expect(issueOf('ftp://idp.example/')).toBe('scheme');
    expect(issueOf('file:///etc/passwd')).toBe('scheme');
    expect(issueOf('javascript:alert(1)', true)).toBe('scheme');
    expect(issueOf('https://user@idp.example/')).toBe('credentials');
    expect(issueOf('https://:secret@idp.example/')).toBe('credentials');
    for (const text of ['', 'idp.example', 'https://', '//idp.example', 'https://[::1', 'https://a b/']) {
      expect(await faultOf(checkOutgoing(text, CLOSED))).toMatch(/host|scheme/);
    }
  });

  it('OIDC-5 ALLOW_PRIVATE_IDPS opens networks of one’s own, never what belongs to nobody', async () => {
    answer = (_, response) => response.end('{"here":true}');
    expect(await (await guardedFetch(origin, {}, OPEN)).json()).toEqual({ here: true });
    expect(await faultOf(checkOutgoing('https://10.0.0.1:9443/', OPEN))).toBe('done');
    expect(await faultOf(checkOutgoing('http://10.0.0.1/', OPEN))).toBe('scheme');
    expect(await faultOf(checkOutgoing('https://169.254.169.254/', OPEN))).toBe('private');
    expect(await faultOf(checkOutgoing('https://93.184.215.14:25/', OPEN))).toBe('port');
  });

  it('OIDC-5 whatever carries an address inside leads nowhere', () => {
    fc.assert(
      fc.property(fc.constantFrom('10.1.2.3', '127.0.0.1', '192.168.0.9', '169.254.169.254'), (inside) => {
        const [a, b, c, d] = inside.split('.').map(Number) as [number, number, number, number];
        const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
        for (const text of [`64:ff9b::${inside}`, `2002:${hex(a, b)}:${hex(c, d)}::1`, `::${inside}`]) {
          expect(reachOf(parseAddress(text)!)).toBe('never');
        }
      }),
    );
    expect(reachOf(parseAddress('64:ff9b::93.184.215.14')!)).toBe('public');
    expect(reachOf(parseAddress('2606:2800:21f::1')!)).toBe('public');
  });
});

describe('OIDC-5 what comes back', () => {
  it('OIDC-5 follows no redirect', async () => {
    const before = connections;
    answer = (_, response) => response.writeHead(302, { Location: `http://127.0.0.1:${port}/` }).end();
    const response = await guardedFetch(origin, {}, OPEN);
    expect([response.status, connections]).toEqual([302, before]);
  });

  it('OIDC-5 reads 1 MB at most, however it is sent', async () => {
    answer = (_, response) => {
      const part = Buffer.alloc(100_000, 0x20);
      const more = () => {
        while (!response.destroyed && response.write(part));
        response.once('drain', more);
      };
      more();
    };
    expect(await faultOf(guardedFetch(origin, {}, OPEN))).toBe('too-large');
  });

  it('OIDC-5 gives up after 5 s, whether nothing comes or a byte a second', async () => {
    const from = Date.now();
    answer = (_, response) => {
      const timer = setInterval(() => response.write(' '), 1_000);
      response.on('close', () => clearInterval(timer));
    };
    const slow = faultOf(guardedFetch(origin, {}, OPEN));
    const silent = faultOf(guardedFetch('https://idp.example/', {}, { resolve: () => new Promise(() => {}) }));
    expect(await Promise.all([slow, silent])).toEqual(['timeout', 'timeout']);
    expect(Date.now() - from).toBeLessThan(6_000);
  });

  it('OIDC-5 a closed port, a broken answer and an unknown name are one thing: away', async () => {
    expect(await faultOf(guardedFetch(`http://127.0.0.1:${port}/`, {}, OPEN))).toBe('unreachable');
    const unknown: OutgoingWays = { allowPrivate: false, resolve: async () => Promise.reject(new Error('ENOTFOUND')) };
    expect(await faultOf(guardedFetch('https://nobody.example/', {}, unknown))).toBe('unreachable');
  });

  it('OIDC-5 sends forms with their length, and hands headers and status on', async () => {
    answer = (request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () =>
        response.writeHead(401, { 'WWW-Authenticate': 'Basic' }).end(`${request.method} ${body}`),
      );
    };
    const body = new URLSearchParams({ grant_type: 'code' });
    const response = await guardedFetch(origin, { method: 'POST', body }, OPEN);
    expect([response.status, response.headers.get('www-authenticate'), await response.text()]).toEqual([
      401,
      'Basic',
      'POST grant_type=code',
    ]);
  });
});
