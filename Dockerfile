# syntax=docker/dockerfile:1
# The control plane: one image for `cadence serve`, `cadence worker` and `cadence migrate`.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY scripts/requirements-uv.lock scripts/
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r scripts/requirements-uv.lock
ENV PATH=/opt/uv/bin:$PATH UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_NO_CACHE=1
COPY pyproject.toml requirements.lock README.md LICENSE ./
# The lock is the constraint: what the control plane needs is taken from it, version and hash, and nothing else.
# The extra brings the decoder for recordings; the weights stay out, since a server has a key for its transcriber.
RUN uv venv --python /usr/local/bin/python /opt/cadence \
  && uv pip install --python /opt/cadence --verify-hashes --constraint requirements.lock \
  --requirement pyproject.toml --extra offline \
  && uv venv --python /usr/local/bin/python /opt/builder \
  && uv pip install --python /opt/builder --verify-hashes --constraint requirements.lock hatchling editables
COPY api api
COPY bots bots
COPY cadence cadence
COPY core core
RUN /opt/builder/bin/hatchling build --target wheel --directory /tmp/wheel \
  && uv pip install --python /opt/cadence --no-deps /tmp/wheel/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin cadence
COPY --from=build /opt/cadence /opt/cadence
ENV PATH=/opt/cadence/bin:$PATH \
  PYTHONSAFEPATH=1 \
  PYTHONUNBUFFERED=1 \
  CADENCE_BIND=0.0.0.0:8765
# The rules for what is secret are compiled once, here: it takes seconds.
RUN install --directory --owner cadence /opt/cadence/var/cadence
USER cadence
RUN python -c "from core.redaction.redactor import Redactor; Redactor()"
WORKDIR /home/cadence
EXPOSE 8765
CMD ["cadence", "serve"]
