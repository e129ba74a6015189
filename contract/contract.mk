# The published contract: docs/EVENTS.md, events.svg, asyncapi.yaml, openapi.yaml and schemas/; and docs/PRIVACY.md, made from the lists by contract/.
.PHONY: docs contract
CONTRACT  := $(BUILD)/bin/contract
DOCUMENTS := EVENTS.md PRIVACY.md asyncapi.yaml openapi.yaml schemas

$(CONTRACT): $(call objects,$(wildcard contract/*.c)) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

docs: $(CONTRACT)
	@deploy/install-packages test
	rm -rf $(BUILD)/docs docs/schemas
	$(CONTRACT) contract/events.md $(BUILD)/docs
	cp -r $(addprefix $(BUILD)/docs/,$(DOCUMENTS)) docs/
	contract/draw $(BUILD)/docs/events.dot > docs/events.svg

# what is committed is what the lists give, and is what it says it is
contract: $(CONTRACT)
	rm -rf $(BUILD)/docs
	$(CONTRACT) contract/events.md $(BUILD)/docs
	tests/contract/current $(BUILD)/docs $(DOCUMENTS)
	tests/contract/run documents
