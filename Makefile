# Two commands: `make run` and `make test`. `make help` lists the rest.
# Works from any folder: make -C PATH run, or make -f PATH/Makefile run.
ROOT   := $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))
PYTHON ?= python3
VENV   := $(ROOT)/.venv
PY     := $(VENV)/bin/python
IN     := cd "$(ROOT)" &&
PORT   ?= 8000
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help run test check golden proof lock clean .venv

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z.]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' "$(ROOT)/Makefile"

run: $(VENV)/.run-ready ## start the demo clinic on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(IN) exec $(PY) -m bot demo --port $(PORT) $(ARGS)

test: $(VENV)/.test-ready ## run the whole test suite (ARGS='-k alert' for a part)
	@$(IN) exec $(PY) -m pytest $(ARGS)

check: $(VENV)/.test-ready ## format, lint, types, imports, content, then the tests
	@$(IN) $(PY) -m ruff format --check . && $(PY) -m ruff check . && $(PY) -m mypy && $(VENV)/bin/lint-imports && $(PY) -m bot check
	@$(IN) exec $(PY) -m pytest $(ARGS)

golden: $(VENV)/.test-ready ## rewrite the golden transcripts; review them as a diff
	@$(IN) exec $(PY) -m pytest tests/golden --rewrite-golden $(ARGS)

proof: $(VENV)/.test-ready ## the long experiments: kill loops and load (ARGS=--quick for a short run)
	@$(IN) exec $(PY) -m bot prove $(ARGS)

lock: $(VENV)/.test-ready ## resolve the dependencies of pyproject.toml into the hashed lock files
	@$(IN) UV=$(VENV)/bin/uv sh .ci/lock

clean: ## remove what was installed and the demo's data
	@rm -rf "$(VENV)" "$(ROOT)/var"

.venv: $(VENV)/.run-ready ## only install what `make run` needs

# A hash-pinned uv does the work in seconds; pip stands in where uv does not know the package index.
# The stamp is touched last, so a broken install is done again.
define install
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Bounceback needs Python 3.11 or newer as '$(PYTHON)'. Install it, or run: make $@ PYTHON=/path/to/python3.11" >&2; exit 2; }
	@test -x $(PY) || "$(PYTHON)" -m venv "$(VENV)" || \
	  { echo "Could not make a virtual environment in $(VENV). On Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@echo "Installing from $(1) ..."
	@$(IN) $(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-uv.lock
	@$(IN) $(VENV)/bin/uv pip install -q --python $(PY) --require-hashes --no-deps -r $(1) 2>/dev/null || \
	  { echo "  (uv could not; pip takes over, which is slower)"; \
	    $(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r $(1); }
	@$(IN) $(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch "$@"
endef

$(VENV)/.run-ready: $(ROOT)/requirements.lock $(ROOT)/requirements-uv.lock $(ROOT)/pyproject.toml
	$(call install,requirements.lock)

$(VENV)/.test-ready: $(ROOT)/requirements-dev.lock $(ROOT)/requirements-uv.lock $(ROOT)/pyproject.toml
	$(call install,requirements-dev.lock)
	@touch "$(VENV)/.run-ready"
