import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Beside the usual rules, the house's own: who may import whom (docs/decisions/001-the-house.md), and that settings are
 * read in one place. `scripts/walls.test.ts` lints samples, so that these rules can't rot.
 */
const room = (files, message, patterns, ignores = []) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: patterns.map((group) => (typeof group === 'string' ? { group: [group], message } : group)) },
    ],
  },
});

const NEXT = {
  group: ['next', 'next/*'],
  message: 'Next.js stays in app, components, proxy.ts, lib/actions and lib/sessions.',
};
const NEXT_AUTH = { group: ['next-auth', 'next-auth/*'], message: 'next-auth stays in lib/sessions and its route.' };
const UPWARDS = {
  group: ['@/app/*', '@/components/*', '@/server/*'],
  message: 'lib would survive without React: it never imports what is drawn with it.',
};
const TABLES = { group: ['@/drizzle/schema/*'], message: 'Only a store queries tables; ask its functions.' };

export default tseslint.config(
  { ignores: ['node_modules', '.next', '.data', 'bench/bare/.next', '**/next-env.d.ts', '~'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      eqeqeq: 'error',
      'no-console': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.jsx'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'setImmediate',
          'URL',
          'Buffer',
          'fetch',
          'AbortController',
          'AbortSignal',
          'performance',
          'structuredClone',
        ].map((name) => [name, 'readonly']),
      ),
      parserOptions: { ecmaFeatures: { jsx: true } },
    },
  },
  {
    files: ['app/**', 'components/**', 'lib/**', 'proxy.ts', 'instrumentation.ts', 'server/**'],
    ignores: ['lib/config.ts', '**/*.test.ts', 'instrumentation.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Settings are read in lib/config.ts alone.',
        },
      ],
    },
  },
  room(
    ['lib/**'],
    '',
    [NEXT, NEXT_AUTH, UPWARDS, TABLES],
    ['lib/**/store.ts', 'lib/**/*.test.ts', 'lib/sessions/**', 'lib/actions/**'],
  ),
  room(['lib/**/store.ts'], '', [NEXT, NEXT_AUTH, UPWARDS], ['lib/sessions/**', 'lib/actions/**']),
  room(['lib/actions/**'], '', [NEXT_AUTH, UPWARDS, TABLES]),
  room(['lib/sessions/**'], '', [UPWARDS], ['lib/sessions/**/*.test.ts']),
  room(
    ['lib/policy/**'],
    '',
    [{ regex: '^(?!\\./|@/lib/policy/)', message: 'The decision is pure: it imports nothing.' }],
    ['lib/policy/**/*.test.ts'],
  ),
  room(['components/**'], '', [
    NEXT_AUTH,
    TABLES,
    {
      group: [
        '@/app/*',
        '@/lib/**/store',
        '@/lib/**/service',
        '@/lib/db/*',
        '@/lib/sessions/*',
        '@/lib/config',
        '@/lib/language/*',
      ],
      message: 'Components are given what they show.',
    },
  ]),
  room(
    ['components/ui/**'],
    '',
    [
      NEXT_AUTH,
      TABLES,
      {
        regex: '^@/(app/|components/(?!ui/)|lib/(?!actions/model|refusals))',
        message: 'components/ui knows no domain word.',
      },
    ],
    ['components/ui/**/*.test.ts'],
  ),
  room(['app/**'], '', [
    TABLES,
    { group: ['@/lib/db/*', '@/lib/**/store'], message: 'Pages, actions and routes call services.' },
  ]),
);
