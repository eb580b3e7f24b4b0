import { expect, it } from 'vitest';
import { nameOfPasskey } from './names';

const made = (more: object = {}) => ({
  aaguid: null,
  transports: ['internal'],
  attachment: 'platform' as const,
  ...more,
});
const agents = {
  chrome:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  safari:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  phone: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
};

it('ENROL-9 SELF-1 a passkey is called by what its owner will know again, never « this browser »', () => {
  expect(nameOfPasskey('fr', made(), agents.chrome)).toBe('Chrome sur Windows');
  expect(nameOfPasskey('en', made(), agents.safari)).toBe('Safari on macOS');
  expect(nameOfPasskey('fr', made(), agents.firefox)).toBe('Firefox sur Linux');
  expect(nameOfPasskey('fr', made(), agents.phone)).toBe('iPhone');
  expect(nameOfPasskey('fr', made(), 'something of one’s own')).toBe('Clé d’accès');
  expect(nameOfPasskey('fr', made({ aaguid: 'bada5566-a7aa-401f-bd96-45619a55120d' }), agents.chrome)).toBe(
    '1Password',
  );
  expect(nameOfPasskey('fr', made({ transports: ['usb'], attachment: 'cross-platform' }), agents.chrome)).toBe(
    'Clé de sécurité',
  );
});
