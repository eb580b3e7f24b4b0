import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { requestContext } from './context';

interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<'method' | 'area' | 'status'>;
  readonly letters: Counter<'outcome'>;
  readonly transactions: Counter<'area'>;
}

const shared = globalThis as { vestibuleMetrics?: Metrics };

function metrics(): Metrics {
  if (shared.vestibuleMetrics) return shared.vestibuleMetrics;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'vestibule_request_duration_seconds',
    help: 'Time to answer, by method, area of the portal and class of status',
    labelNames: ['method', 'area', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
    registers: [registry],
  });
  const letters = new Counter({
    name: 'vestibule_letters_total',
    help: 'Tries to send a letter, by how they ended',
    labelNames: ['outcome'] as const,
    registers: [registry],
  });
  const transactions = new Counter({
    name: 'vestibule_transactions_total',
    help: 'Transactions begun for requests, by area of the portal, and for jobs',
    labelNames: ['area'] as const,
    registers: [registry],
  });
  return (shared.vestibuleMetrics = { registry, requests, letters, transactions });
}

/** The first part of a path below the organisation: few values, and none that names an organisation or a person. */
function areaOf(path: string): string {
  const [first = '', second = ''] = path.split('/').slice(1);
  if (first === '_next') return 'static';
  if (['', 'api', 'healthz', 'readyz', 'metrics', 'outbox', 'signup'].includes(first))
    return first === '' ? 'front' : first;
  return ['sign-in', 'invitation', 'account', 'settings'].includes(second) ? second : 'home';
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

export function observeRequest(method: string, path: string, status: number, startedAt: bigint): void {
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  metrics().requests.observe(
    { method: METHODS.has(method) ? method : 'other', area: areaOf(path), status: `${Math.floor(status / 100)}xx` },
    seconds,
  );
}

/** A try to send a letter has ended: it left, it waits for the next try, or it never will. */
export function countLetter(outcome: 'sent' | 'delayed' | 'failed'): void {
  metrics().letters.inc({ outcome });
}

/** A transaction begins, for the request that is answered or for a job. */
export function countTransaction(): void {
  const place = requestContext.getStore()?.place;
  metrics().transactions.inc({ area: place === undefined ? 'jobs' : areaOf(place.split('?', 1)[0]!) });
}

/** Everything measured so far, in Prometheus's text format. */
export async function renderMetrics(): Promise<{ contentType: string; body: string }> {
  const { registry } = metrics();
  return { contentType: registry.contentType, body: await registry.metrics() };
}
