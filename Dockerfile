# The server on the network. Build: docker build -t amplify-backend-mcp .
# HTTP:  docker run -p 3000:3000 -v ./config.yaml:/etc/amplify-backend-mcp/config.yaml:ro amplify-backend-mcp
# stdio: docker run -i --rm --no-healthcheck amplify-backend-mcp stdio --sandbox
# The base is pinned to its bytes (the digest is of the index for all platforms); the tag says to people what it is.
FROM node:22.23.3-alpine3.24@sha256:0a7108bf6c7bf5de370ffb1a3ed6be93d405b43ff159f681a8d18c0e2bc2e402 AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

# Everything that runs is bundled: the image holds Node and dist/, nothing else.
FROM node:22.23.3-alpine3.24@sha256:0a7108bf6c7bf5de370ffb1a3ed6be93d405b43ff159f681a8d18c0e2bc2e402
WORKDIR /app
COPY --from=build /build/dist ./dist
COPY --from=build /build/package.json ./
ENV NODE_ENV=production
# Registries find by this label which server the image holds.
LABEL io.modelcontextprotocol.server.name="io.github.amplify-backend-mcp/amplify-backend-mcp"
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["http", "--host", "0.0.0.0", "--port", "3000", "--config", "/etc/amplify-backend-mcp/config.yaml"]
