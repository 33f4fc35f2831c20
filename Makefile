# Two commands set everything up on a bare Debian 12: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := shared/contracts shared/runtime shared/cli \
            services/invitation services/onboarding services/credential-validator services/notifier \
            deploy/local
SOURCES := shared services deploy/local tests
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := $(VENV)/.installed-bench
DEPLOY_INSTALLED := .venv-deploy/.installed
PARSER := tests/contract/asyncapi
PARSER_INSTALLED := $(PARSER)/node_modules/.installed
export PYTHONWARNINGS := ignore::DeprecationWarning:nameko.extensions

##@ See it run
demo: servers  ## Run three orders to the created service on a stack of its own, narrated; then stop it
	$(BIN)/python -m tenantlink_local demo

up: servers  ## Start the whole system on this machine and leave it running
	$(BIN)/python -m tenantlink_local up

down: $(INSTALLED)  ## Stop what `make up` has started, and remove its data
	$(BIN)/python -m tenantlink_local down

status: $(INSTALLED)  ## Show what runs and under which addresses
	$(BIN)/python -m tenantlink_local status

##@ Test it
test: servers chromium node  ## Everything that must hold; prints the time of each part
	@TENANTLINK_ASYNCAPI_PARSER=required bash tests/run.sh lint unit contract integration browser e2e faults

faults: servers  ## Kill every process, broker and database, in all ways; takes about half an hour
	TENANTLINK_FLOOD=5000 $(BIN)/pytest -s -v -o faulthandler_timeout=1200 \
	  tests/integration/runtime/conformance/test_flood.py
	$(BIN)/pytest -s -v -o faulthandler_timeout=1200 tests/unit/faults tests/faults

test-fast: $(INSTALLED)  ## What needs no broker and no database; at every save
	@bash tests/run.sh lint unit contract

test-deploy: servers $(DEPLOY_INSTALLED)  ## Images built and started, manifests, rules, compose: with the real tools
	@command -v kubectl >/dev/null || { echo "kubectl (1.30 or newer) is missing"; exit 1; }
	@bash deploy/install-tools.sh buildah debootstrap promtool prometheus
	@bash tests/run.sh deploy

bench: servers $(BENCH_INSTALLED)  ## Measure durable events beside other frameworks (options in ARGS="...")
	$(BIN)/python -m tests.benchmarks.durable_events $(ARGS)

##@ Work on it
install: $(INSTALLED)  ## Make the virtual environment, from hashed locks

servers: $(INSTALLED)  ## Make sure that RabbitMQ and PostgreSQL are on this machine
	@$(BIN)/python -m tenantlink_local install

chromium:  ## Make sure that Chromium is on this machine; pages are tested in it
	@command -v chromium >/dev/null || { \
	  install="apt-get install -y -qq --no-install-recommends chromium fonts-liberation"; \
	  [ "$$(id -u)" = 0 ] || { echo "Missing: chromium. Have root run: apt-get update && $$install"; exit 1; }; \
	  echo "Installing chromium ..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$install >/dev/null; }

node: $(PARSER_INSTALLED)  ## Make sure that Node and AsyncAPI's own parser are here; contracts are held to it

format: $(INSTALLED)  ## Format and mend what ruff can mend
	$(BIN)/ruff check --fix -q $(SOURCES) || true
	$(BIN)/ruff format $(SOURCES)

contracts: $(INSTALLED)  ## Write the JSON Schemas and AsyncAPI documents anew
	$(BIN)/python -m tenantlink_contracts.schemas
	$(BIN)/tenantlink asyncapi services

image:  ## Build the four images with docker, podman or buildah (SERVICES="..." TAG=... for some)
	@bash deploy/image.sh $(SERVICES)

manifests: $(INSTALLED)  ## Write the manifests that follow from code and rules anew
	$(BIN)/python deploy/kustomize/generate.py

messages: $(INSTALLED)  ## Write what mails say into the catalogues, for translators
	bash services/notifier/messages.sh

lock: $(INSTALLED)  ## Compile the locks anew (needs uv in the virtual environment)
	cd requirements && for name in runtime dev bench deploy; do \
	  ../$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header -q $$name.in -o $$name.txt; done

clean:  ## Stop the local stack; remove its data and the virtual environment
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m tenantlink_local down
	rm -rf $(VENV) .venv-deploy $(PARSER)/node_modules .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): requirements/dev.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Tenantlink needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || bash deploy/local/install-venv.sh
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation \
	  $(addprefix -e ,$(PACKAGES))
	@touch $@

$(BENCH_INSTALLED): requirements/bench.txt $(INSTALLED)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

# Apart from the rest: checkov wants other versions of what the services use.
$(DEPLOY_INSTALLED): requirements/deploy.txt | $(INSTALLED)
	$(PYTHON) -m venv .venv-deploy
	.venv-deploy/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/deploy.txt
	@touch $@

$(PARSER_INSTALLED): $(PARSER)/package.json $(PARSER)/package-lock.json
	@{ command -v node && command -v npm; } >/dev/null || { \
	  install="apt-get install -y -qq --no-install-recommends nodejs npm"; \
	  [ "$$(id -u)" = 0 ] || { echo "Missing: nodejs, npm. Have root run: apt-get update && $$install"; exit 1; }; \
	  echo "Installing nodejs, npm ..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$install >/dev/null; }
	cd $(PARSER) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: demo up down status test faults test-fast test-deploy bench image manifests install servers chromium node format contracts lock clean help
