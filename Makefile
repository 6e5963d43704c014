MVN ?= mvn

.PHONY: help verify test format ci clean

help: ## Lists the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

verify: ## Builds, checks and tests everything
	$(MVN) -B verify

test: ## Runs the fast tests only
	$(MVN) -B test

format: ## Formats the sources
	$(MVN) -B spotless:apply

ci: ## Verifies on JDK 17, then runs the tests on JDK 25
	.ci/run

clean: ## Removes what was built
	$(MVN) -B clean
