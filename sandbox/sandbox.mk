# The sandbox bank, which acts as payment provider: build/bin/stagedoor-bank.
bank_packages  := libmicrohttpd jansson libcurl libcrypto libsodium
bank_objects   := $(call objects,$(wildcard sandbox/*.c))
CFLAGS_sandbox := -pthread $(shell pkg-config --cflags $(bank_packages) 2>/dev/null)

.PHONY: bank
##@ Sandbox
## bank            builds the sandbox of the payment provider
bank: $(BUILD)/bin/stagedoor-bank

$(BUILD)/bin/stagedoor-bank: $(bank_objects)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -pthread -o $@ $^ $(shell pkg-config --libs $(bank_packages))

-include $(bank_objects:.o=.d)
