# The published contract: docs/EVENTS.md, events.svg, asyncapi.yaml, openapi.yaml and schemas/; and docs/PRIVACY.md, made from the lists by contract/.
.PHONY: docs contract
CONTRACT  := $(BUILD)/bin/contract
DOCUMENTS := EVENTS.md PRIVACY.md asyncapi.yaml openapi.yaml schemas

$(CONTRACT): $(call objects,$(wildcard contract/*.c)) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

##@ Documents
## docs            writes what of docs/ is made from the lists: events, API, schemas
docs: $(CONTRACT)
	@deploy/install-packages test
	rm -rf $(BUILD)/docs docs/schemas
	$(CONTRACT) contract/events.md $(BUILD)/docs
	cp -r $(addprefix $(BUILD)/docs/,$(DOCUMENTS)) docs/
	contract/draw $(BUILD)/docs/events.dot > docs/events.svg

## contract        checks that docs/ is what the lists give, with the tools of AsyncAPI, OpenAPI and JSON Schema
contract: $(CONTRACT)
	rm -rf $(BUILD)/docs
	$(CONTRACT) contract/events.md $(BUILD)/docs
	tests/contract/current $(BUILD)/docs $(DOCUMENTS)
	tests/contract/run documents
