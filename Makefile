# Two commands: `make run` and `make test`. `make help` lists the rest.
# Works from any folder: make -C PATH run, or make -f PATH/Makefile run.
# Names of targets are relative, because make cannot hold a path with a space in one.
ROOT   := $(shell cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && pwd -P)
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PORT   ?= 8000
ARGS   ?=
# Two processes of tests, a file at a time: half of the suite waits for browsers and servers.
WORKERS ?= 2
# In the order that tests/conftest.py gives: whoever waits for servers begins first, so that nobody waits for them last.
SHARED_OUT := --dist loadfile --no-loadscope-reorder

ifneq ($(CURDIR),$(ROOT))
.PHONY: $(or $(MAKECMDGOALS),help)
$(or $(MAKECMDGOALS),help):
	@$(MAKE) --no-print-directory -C "$(ROOT)" $@
else

.DEFAULT_GOAL := help
.PHONY: help run test check golden models proof lock clean .venv

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z.]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.run-ready ## start the demo clinic on http://127.0.0.1:8000 (PORT=8001 for another port)
	@exec $(PY) -m bot demo --port $(PORT) $(ARGS)

test: $(VENV)/.test-ready ## run the whole test suite (ARGS='-k alert' for a part)
	@exec $(PY) -m pytest -n $(WORKERS) $(SHARED_OUT) $(ARGS)

check: $(VENV)/.test-ready ## format, lint, types, imports, content, then the tests
	@$(PY) -m ruff format --check . && $(PY) -m ruff check . && $(PY) -m mypy && $(VENV)/bin/lint-imports && $(PY) -m bot check
	@exec $(PY) -m pytest -n $(WORKERS) $(SHARED_OUT) $(ARGS)

golden: $(VENV)/.test-ready ## rewrite the golden transcripts; review them as a diff
	@exec $(PY) -m pytest tests/golden --rewrite-golden $(ARGS)

models: $(VENV)/.test-ready ## teach the models that the package brings, after its examples changed
	@exec $(PY) -m bot models $(ARGS)

proof: $(VENV)/.test-ready ## the long experiments: kill loops, starts, planted defects (ARGS=--quick for a short run)
	@$(PY) -m bot prove $(ARGS) && exec $(PY) -m tests.planted

lock: $(VENV)/.test-ready ## resolve the dependencies of pyproject.toml into the hashed lock files
	@UV=$(VENV)/bin/uv sh .ci/lock

clean: ## remove what was installed and the demo's data
	@rm -rf $(VENV) var

.venv: $(VENV)/.run-ready ## only install what `make run` needs

# A hash-pinned uv does the work in seconds; pip stands in where uv does not know the package index.
# The stamp is touched last, so a broken install is done again. An environment without pip (python3-venv was missing) is made anew.
define install
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Bounceback needs Python 3.11 or newer as '$(PYTHON)'. Install it, or add PYTHON=/path/to/python3.11 to the command." >&2; exit 2; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV) && "$(PYTHON)" -m venv $(VENV) >/dev/null; } || \
	  { rm -rf $(VENV); echo "Could not make a virtual environment in $(ROOT)/$(VENV). On Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@echo "Installing from $(1) ..."
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-uv.lock
	@$(VENV)/bin/uv pip install -q --compile-bytecode --python $(PY) --require-hashes --no-deps -r $(1) 2>/dev/null || \
	  { echo "  (uv could not; pip takes over, which is slower)"; \
	    $(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r $(1); }
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch "$@"
endef

$(VENV)/.run-ready: requirements.lock requirements-uv.lock pyproject.toml
	$(call install,requirements.lock)

$(VENV)/.test-ready: requirements-dev.lock requirements-uv.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.run-ready

endif
