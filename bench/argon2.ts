import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';

/** A bare Argon2id loop at the portal's own parameters: processor milliseconds of one verification, and how many a second. */
const [memoryCost, timeCost] = process.argv.slice(2).map(Number);
const secret = Buffer.alloc(32, 7);
const stored = await hash('Tournesol-Rivage-88', { algorithm: 2, memoryCost, timeCost, parallelism: 1, secret });
const once = () => verify(stored, 'Tournesol-Rivage-88', { secret });

async function loop(count: number, atOnce: number): Promise<{ cpuMs: number; perSecond: number }> {
  let left = count;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await once();
    }),
  );
  const used = process.cpuUsage(cpu);
  return {
    cpuMs: (used.user + used.system) / 1000 / count,
    perSecond: (count / (performance.now() - started)) * 1000,
  };
}

await loop(20, 1);
const alone = await loop(150, 1);
const together = await loop(300, availableParallelism());
console.log(JSON.stringify({ cpuMs: alone.cpuMs, perSecond: together.perSecond }));
