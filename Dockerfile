# One image for every role: web, work, migrate and the stock action server. See docs/operators.md.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md ./
COPY bot bot
COPY actions actions
RUN /venv/bin/pip install --no-deps --no-build-isolation -e .

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin bounceback \
 && install -d -o bounceback -m 0700 /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY content content
COPY LICENSE ./
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["bounceback", "run", "--host", "0.0.0.0", "--data", "/data"]
