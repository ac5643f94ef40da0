# Two stages: better-sqlite3 may have to be compiled, and nothing of that is needed to run it.
FROM node:20-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY events events
COPY src src
RUN npx tsc -p . && chmod +x dist/src/cli.js dist/src/main.js && npm prune --omit=dev

FROM node:20-bookworm-slim
ENV NODE_ENV=production COUNTERFOIL_HOST=0.0.0.0 COUNTERFOIL_PORT=8080 COUNTERFOIL_DATA=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY demo demo
RUN ln -s /app/dist/src/cli.js /usr/local/bin/counterfoil && install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.COUNTERFOIL_PORT}/health`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=64", "dist/src/main.js"]
