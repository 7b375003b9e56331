# The checkout and its dependencies. Nothing is compiled: Node runs TypeScript.
FROM node:26-trixie-slim
WORKDIR /app
COPY . .
RUN npx -y pnpm@12 install --prod --frozen-lockfile

# The SQLite store, which is the default: mount a volume here. On PostgreSQL the folder stays empty.
RUN mkdir -m 1777 data

USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Node is process 1 and receives the signal. Set docker stop --time above SHUTDOWN_GRACE + 15 s, the longest response.
STOPSIGNAL SIGTERM
CMD ["node", "apps/http/src/main.ts"]
