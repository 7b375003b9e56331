# The checkout and what it depends on: nothing is compiled, Node runs TypeScript as it is.
FROM node:26-trixie-slim
WORKDIR /app
COPY . .
RUN npx -y pnpm@12 install --prod --frozen-lockfile

# For a service on SQLite, the default: mount a volume there. On PostgreSQL nothing is kept here.
RUN mkdir -m 1777 data

USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# Node itself is process 1 and gets the signal; docker stop --time must be longer than SHUTDOWN_GRACE and the longest answer, 15 s.
STOPSIGNAL SIGTERM
CMD ["node", "apps/http/src/main.ts"]
