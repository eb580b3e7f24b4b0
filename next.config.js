/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // server.ts does, whoever answers.
  compress: false,
  reactStrictMode: true,
  // Every page depends on who asks: nothing is prerendered, and images are drawn by us as SVG.
  images: { unoptimized: true },
  experimental: {
    // forbidden() in pages answers an honest 403 with our own sentence.
    authInterrupts: true,
    // A picture of 2 MB with its form around it; server.ts refuses more before it is read.
    serverActions: { bodySizeLimit: '2600kb' },
  },
  serverExternalPackages: [
    '@boxyhq/saml-jackson',
    '@node-rs/argon2',
    'maxmind',
    'pg-boss',
    'postgres',
    'pino',
    'prom-client',
    'sharp',
  ],
  // `npm test` checks the types in a stage of its own; a demo need not wait for it.
  typescript: { ignoreBuildErrors: true },
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
};

export default config;
