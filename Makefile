# The gate and the daily commands of Tokenwright. `make help` lists them.
#
# Every tool is a pinned Go module: tools/NAME.mod names its version and
# tools/NAME.sum its hashes, apart from the product's go.mod so that a tool
# never moves a version of the product.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

# The usual place of a hand-installed Go, for shells that do not know it yet.
export PATH := $(PATH):/usr/local/go/bin

GOFUMPT       := go tool -modfile=tools/gofumpt.mod gofumpt
GOLANGCI_LINT := go tool -modfile=tools/golangci-lint.mod golangci-lint
SQLC          := CGO_ENABLED=0 go tool -modfile=tools/sqlc.mod sqlc
SQLC_CONFIG   := store/sqlc.yaml

PACKAGES ?= ./...
BENCH    ?= .
FUZZTIME ?= 30s

.PHONY: help
help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

##@ The gate

.PHONY: check
check: ## the whole gate: every step, then a summary
	@scripts/check.sh install fmt generate-check tidy-check vet build lint test conformance vuln walk clean-clone

.PHONY: check-fast
check-fast: ## the steps that need neither databases nor proxies nor slow tools
	@scripts/check.sh fmt vet build

.PHONY: install
install: ## step: Debian packages the tests use (in CI, or with TOKENWRIGHT_INSTALL=1)
	@scripts/install.sh

.PHONY: fmt
fmt: ## step: every Go file is written as gofumpt writes it
	@files="$$($(GOFUMPT) -l .)"; \
	if [[ -n "$$files" ]]; then \
		printf 'not formatted:\n%s\nmend with: make format\n' "$$files"; exit 1; \
	fi

.PHONY: generate-check
generate-check: ## step: generated queries and pages are those that sqlc and templ generate today
	@scripts/templ.sh check
	@if [[ ! -e $(SQLC_CONFIG) ]]; then \
		scripts/skip.sh 'there is no $(SQLC_CONFIG) yet'; \
	elif ! $(SQLC) diff -f $(SQLC_CONFIG); then \
		echo 'generated code is not what the queries say; mend with: make generate'; exit 1; \
	fi

.PHONY: vet
vet: ## step: go vet
	@go vet $(PACKAGES)

.PHONY: lint
lint: ## step: golangci-lint with .golangci.yml
	@$(GOLANGCI_LINT) run $(PACKAGES)

.PHONY: test
test: ## step: all tests with the race detector; fuzz seeds and the import table are among them
	@scripts/test.sh $(PACKAGES)

.PHONY: tidy-check
tidy-check: ## step: go.mod and go.sum name what is used and nothing else
	@go mod tidy -diff

.PHONY: conformance
conformance: ## step: the JWT reader against the vectors of Project Wycheproof
	@cd internal/jwt/conformance && go test ./...

.PHONY: walk
walk: ## step: the walk of the README, word for word
	@scripts/walk.sh README.md

.PHONY: vuln
vuln: ## step: govulncheck against a local copy of the Go vulnerability database
	@scripts/vuln.sh

.PHONY: clean-clone
clean-clone: ## step: a fresh clone of HEAD serves and passes check-fast
	@scripts/clean-clone.sh

##@ Daily work

.PHONY: build
build: ## bin/tokenwright: static, stripped, free of local paths
	@CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/tokenwright ./cmd/tokenwright
	@du -h bin/tokenwright

.PHONY: format
format: ## rewrite Go files as the gate wants them
	@$(GOFUMPT) -w .
	@$(GOLANGCI_LINT) fmt

.PHONY: generate
generate: ## regenerate the queries with sqlc and the pages with templ
	@$(SQLC) generate -f $(SQLC_CONFIG)
	@scripts/templ.sh

.PHONY: screenshots
screenshots: ## docs/screenshots: a picture of every page, light and dark, narrow and wide
	@mkdir -p docs/screenshots
	@TOKENWRIGHT_SCREENSHOTS="$$PWD/docs/screenshots" TOKENWRIGHT_REQUIRE=1 go test ./internal/surface/console -run TestScreenshots -count=1

.PHONY: bench
bench: ## benchmarks; BENCH=regexp chooses, PACKAGES=./bench/... narrows
	@go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m $(PACKAGES)

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME each (default 30s)
	@scripts/fuzz.sh $(FUZZTIME) $(PACKAGES)

.PHONY: cover
cover: ## statement coverage over all packages, as cover.html
	@go test -coverpkg=./... -coverprofile=cover.out $(PACKAGES)
	@go tool cover -html=cover.out -o cover.html
	@go tool cover -func=cover.out | tail -n 1

.PHONY: clean
clean: ## remove what these targets made
	@rm -rf bin cover.out cover.html
