#ifndef STAGEDOOR_TESTS_UNIT_CONTRACT_H
#define STAGEDOOR_TESTS_UNIT_CONTRACT_H

#include "common/base/arena.h"

/*
 * What the lists promise of events, as lines of text that a release keeps (tests/events/VERSION/contract):
 *
 *   event ticket.created tickets PUBLIC id            type, publisher, audience, field that is the subject
 *   field ticket.created title string 1 120 required  type, field, class of the kind, its limits
 *   word ticket.created category concert              one that the field may have
 */
const char *contract_text(struct arena *a);

/*
 * The differences that break the released contract: an event, a field or a word that was removed, renamed, or
 * given another type or other limits; a field that became mandatory or optional; a public event that became
 * private. One sentence for each, NULL ends the list. New optional fields break nothing.
 */
const char *const *contract_breaks(struct arena *a, const char *released);

#endif
