MVN ?= mvn

.PHONY: help verify test format site ci clean

help: ## Lists the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

verify: ## Builds, checks and tests everything
	$(MVN) -B verify

test: ## Runs the fast tests only
	$(MVN) -B test

format: ## Formats the sources
	$(MVN) -B spotless:apply

site: ## Makes a site of the documentation: target/site/index.html
	$(MVN) -B -q -N site

ci: ## Verifies on JDK 17, then runs the tests on JDK 25
	.ci/run

clean: ## Removes what was built
	$(MVN) -B clean
