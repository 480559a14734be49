# The front door. `make` alone lists what there is.

# The first Python that runs and is new enough; it is looked for only when a target needs it.
PYTHON ?= $(shell for python in .venv/bin/python python3.14 python3.13 python3.12 python3.11 python3; do \
	$$python -Ic 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; \
	done; echo python3)
BIN := .venv/bin
# More than there are cores: much of what is tested is waiting.
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help install weights demo up test check bench lock

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: ## Bring everything into this checkout; a second call does nothing
	@$(PYTHON) -I scripts/install.py

weights: ## Try again to fetch the weights for hearing without a key
	@$(PYTHON) -I scripts/install.py --weights

demo: install ## See a spoken command become a pull request, on this computer, without an account
	@$(BIN)/cadence demo

up: install ## Run everything on this computer and print one URL
	@$(BIN)/cadence up

test: install ## Run the tests; make test ARGS="-k voice" passes options on
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: install ## Format, lint, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: install ## Run every benchmark
	@set -e; for name in pipeline_overhead hearing understanding agents api app claims redaction gate context; do echo "== $$name"; $(BIN)/python -m benchmarks.$$name; done

lock: ## Resolve requirements.lock anew from pyproject.toml
	@$(PYTHON) -I scripts/install.py --lock
