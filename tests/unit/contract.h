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
 * What breaks the promise of the released text: an event, a field or a word that is gone, renamed, of another
 * type or other limits, newly mandatory or newly optional, or private that was public. A sentence each, NULL
 * ends the list. What is new and optional breaks nothing.
 */
const char *const *contract_breaks(struct arena *a, const char *released);

#endif
