# `make digests` says how to name the very image: PYTHON_IMAGE=python:3.11.10-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.11.10-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
# hadolint ignore=DL3008
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends npm \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml deploy/requirements.txt README.md LICENSE NOTICE ./
COPY voicebot voicebot
COPY prompts prompts
COPY tests/fr/conversations tests/fr/conversations
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir -q --require-hashes -r requirements.txt \
    && .venv/bin/pip install --no-cache-dir -q --no-deps --no-build-isolation . \
    && .venv/bin/voicebot models install whisper-phone kokoro

FROM ${PYTHON_IMAGE}
WORKDIR /app
RUN useradd --system --uid 10001 --create-home voicebot
COPY --from=build /app/.venv .venv
COPY --from=build --chown=voicebot /app/var var
RUN install -d -o voicebot var/cache var/keys var/spool content
USER 10001
ENV VOICEBOT_HOST=0.0.0.0 VOICEBOT_CONTENT=/app/content PATH=/app/.venv/bin:$PATH
EXPOSE 8000
HEALTHCHECK --start-period=30s --interval=10s --timeout=3s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8000/ready', timeout=2)"]
CMD ["voicebot", "serve"]
