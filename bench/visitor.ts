import http from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A browser without script, as small as can be: cookies, forms, redirects, one connection kept open. */
export class BenchVisitor {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #cookies = new Map<string, string>();
  /** Answers received, redirects included. */
  responses = 0;

  constructor(readonly origin: string) {}

  async get(path: string): Promise<Answer> {
    return this.#ask('GET', path);
  }

  /** Follows redirects, each of which is an answer of its own. */
  async follow(answer: Answer): Promise<Answer> {
    let here = answer;
    for (let hops = 0; here.status >= 300 && here.status < 400; hops += 1) {
      if (hops > 5) throw new Error('Redirected in circles');
      here = await this.get(new URL(here.headers.location!, this.origin).pathname);
    }
    return here;
  }

  /** Posts the form that holds a field of this name, with what was typed, as a browser without script does. */
  async submit(page: Answer, path: string, typed: Record<string, string>): Promise<Answer> {
    const field = Object.keys(typed)[0]!;
    const form = [...page.body.matchAll(/<form[^>]*>(.*?)<\/form>/gs)]
      .map((match) => match[1]!)
      .find((inside) => inside.includes(`name="${field}"`));
    if (form === undefined) throw new Error(`No form with ${field} on ${path} (${page.status})`);
    const data = new FormData();
    for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      if (name !== undefined) data.append(unescape(name), unescape(/value="([^"]*)"/.exec(input)?.[1] ?? ''));
    }
    for (const [name, value] of Object.entries(typed)) data.append(name, value);
    const encoded = new Response(data);
    return this.#ask('POST', path, Buffer.from(await encoded.arrayBuffer()), encoded.headers.get('content-type')!);
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string, body?: Buffer, contentType?: string): Promise<Answer> {
    const headers: http.OutgoingHttpHeaders = {
      'accept-language': 'fr-CA',
      ...(this.#cookies.size > 0
        ? { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
        : {}),
      ...(body ? { origin: this.origin, 'content-type': contentType, 'content-length': body.length } : {}),
    };
    return new Promise((resolve, reject) => {
      const request = http.request(new URL(path, this.origin), { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          this.responses += 1;
          for (const line of response.headers['set-cookie'] ?? []) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
            this.#cookies.set(name!, value!);
          }
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

const ENTITIES: Record<string, string> = { '&quot;': '"', '&amp;': '&', '&#x27;': "'", '&lt;': '<', '&gt;': '>' };
const unescape = (text: string) => text.replace(/&(quot|amp|#x27|lt|gt);/g, (entity) => ENTITIES[entity]!);
