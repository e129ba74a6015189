/*
 * The reservation protocol: sell first, capture last. The orders service alone decides about a sale; the seller's change or
 * withdrawal is what has to ask. A card is authorised, the order is secured, and only then is the money taken.
 *
 * Each service owns its rows and learns of the others' by events. An event carries the whole row; it comes at least once and
 * in any order, and a consumer ignores what is not newer than what it knows. So a delivery is modelled as a look at the row
 * itself, at any state of it that is newer than the consumer knows, and an event that changes nothing at its consumer is left
 * out. A step inside atomic or d_step is one transaction, or one act of the bank. There is no clock: a hold may run out at
 * any moment.
 *
 * What must hold in every state (Watch), and what must happen in the end (the formulas):
 *
 *   spin -a sell-first.pml && gcc -O2 -DCOLLAPSE -DSAFETY -DVECTORSZ=2048 -o pan pan.c && ./pan -m400000
 *   spin -DLIVE -a sell-first.pml && gcc -O2 -DCOLLAPSE -DNFAIR=4 -DVECTORSZ=2048 -o pan pan.c && ./pan -a -f -m400000 -N holds
 *
 *   ORDERS        orders, each of another buyer; with SLOTS the first SLOTS + 1 are of one buyer, and so on
 *   TICKETS       tickets; an order may be for any of them. The formulas are for one
 *   EDITS         changes and withdrawals by sellers, in all
 *   SLOTS         how many live orders a buyer may have; 0: any number
 *   UPGRADE       1: begins with the programs of the version before, and continues at any moment with those of this version
 *   MISTAKE_name  makes one mistake of the list `mistakes`, which a run has to find
 *
 * `run` says which sizes are checked. Not modelled: amounts, the cool-down after expired holds, the time that payments compares
 * with expiresAt before it authorises, several charges of an order (a unique index), programs of two versions side by side.
 */
#ifndef ORDERS
#define ORDERS 2
#endif
#if ORDERS > 3
#error "waits() knows three orders"
#endif
#ifndef TICKETS
#define TICKETS 1
#endif
#ifndef EDITS
#define EDITS 1
#endif
#ifndef SLOTS
#define SLOTS 0
#endif
#ifndef UPGRADE
#define UPGRADE 0
#endif
#define NONE 255

/* m(name) is 1 with -DMISTAKE_name, else 0 */
#define m(name) m_given(MISTAKE_##name)
#define m_given(value) m_paste(value)
#define m_paste(value) m_word(m_##value)
#define m_word(word) m_second(word 1, 0, 0)
#define m_second(a, b, ...) b
#define m_1 0,

mtype = { absent, created, awaiting, completed, cancelled, returned, listed, withdrawn, sold, change, withdrawal,
	  authorised, captured, failed, voided, refunded, held, taken, over, back };

/* tickets: the rows. A proposal has a number, which becomes the revision when it is accepted; 0: none is open */
byte t_revision[TICKETS] = 1, t_last[TICKETS] = 1, t_proposal[TICKETS], t_holder[TICKETS] = NONE;
mtype t_status[TICKETS] = listed;
byte applied[TICKETS] = 1;   /* the newest decision that tickets has seen */
byte tr[ORDERS];             /* tickets' replica of an order: 0 unknown, 1 not ended, 2 ended */

/* by number: what the seller asked for, and whether it has become a revision that pages showed */
#define NUMBERS (EDITS + 1)
#define at(k, n) ((k) * NUMBERS + (n) - 1)
mtype wants[TICKETS * NUMBERS];
bool public[TICKETS * NUMBERS];

/* orders: the rows; by ticket, what is offered (0: the listing is not known yet) and the last decision */
mtype o_status[ORDERS] = absent;
bool secured[ORDERS];
byte o_ticket[ORDERS], o_revision[ORDERS], shown[ORDERS], slot[ORDERS];
byte offer[TICKETS], decided[TICKETS] = 1;
bool accepted[TICKETS], offer_withdrawn[TICKETS];

/* payments: its replica of an order (0 unknown, 1 awaiting, 2 secured, 3 ended) and the charge; and what the bank has: nothing
 * yet, a sum that is held, taken or given back, or an end without money (over) */
byte pr[ORDERS];
mtype charge[ORDERS] = absent, bank[ORDERS] = absent;

/*
 * The version before (the base). An order is `created` and asks tickets for a lock. Tickets locks a ticket that is listed, free and
 * at the revision of the order, which then awaits payment. The seller changes the row while it is not locked; a newer revision
 * cancels an order that is still `created`. A charge takes the money at once and gives it back when the order ended without
 * a sale. At the upgrade all programs are stopped, and those of this version find the rows and the events as they are.
 */
#if UPGRADE
bool base = true;
bool old[ORDERS], old_charge[ORDERS];   /* made by the base */
byte old_last[TICKETS] = 1;             /* the last revision that the base made */
#define old(o) old[o]
#define old_charge(o) old_charge[o]
#define old_last(k) old_last[k]
#else
#define base false
#define old(o) false
#define old_charge(o) false
#define old_last(k) 0
#endif

byte edits;
hidden byte i, n, row, spare, busy;   /* within one step */

#define live(o) (o_status[o] == created || o_status[o] == awaiting)
#define done(o) (o_status[o] == completed || o_status[o] == returned)
#define ended(o) (done(o) || o_status[o] == cancelled)
#define active(o) (live(o) || done(o))

/* Orders that are alike are placed in the order of their numbers */
#if SLOTS
#define buyer(o) ((o) / (SLOTS + 1))
#define turn(o) (m(slot_read_before) || (o) % (SLOTS + 1) == 0 || o_status[(o) - ((o) > 0)] != absent)
#else
#define turn(o) (m(active_read_before) || (o) == 0 || o_status[(o) - ((o) > 0)] != absent)
#endif

/* busy: the status of the ticket's active order, 0 without one */
inline look_for_active(k) {
	busy = 0;
	for (i : 0 .. ORDERS - 1) { if :: active(i) && o_ticket[i] == k -> busy = o_status[i] :: else fi }
}

/* spare: a slot that no live order of the buyer has, 0 without one */
inline look_for_slot(o) {
	spare = 0;
#if SLOTS
	for (n : 1 .. SLOTS) {
		busy = 0;
		for (i : 0 .. ORDERS - 1) { if :: buyer(i) == buyer(o) && slot[i] == n -> busy = 1 :: else fi };
		if :: !busy -> spare = n :: else fi
	}
#endif
}

inline insert(o, k, r) {
	o_status[o] = (base -> created : awaiting);
	o_ticket[o] = k; shown[o] = r; slot[o] = spare;
	o_revision[o] = (m(order_takes_offer) -> offer[k] : r)
}

inline end_order(o, how) {
	o_status[o] = how;
	if :: how == cancelled && !m(authorised_revives) -> o_revision[o] = 0; shown[o] = 0 :: else fi;   /* no longer of interest */
	if
	:: m(slot_kept_by_cancelled) && how == cancelled
	:: m(slot_kept_by_sale) && how != cancelled
	:: else -> slot[o] = 0
	fi
}

/* ---- the buyer ---- */

/* the listing is known and not withdrawn, and the page showed what orders last accepted */
#define same_offer(k, r) (offer[k] != 0 && (!offer_withdrawn[k] || m(withdrawn_is_sold)) && \
	(r == offer[k] || m(order_not_compared) || m(order_takes_offer)))
/* the unique index has no active order of the ticket */
#define nobody_has(k) (!busy || m(order_over_active) || (busy == created && m(order_over_created)) || \
	(busy == completed && m(order_over_sale)) || (busy == returned && m(order_over_returned)))
/* the unique index of the buyer's slots has a gap */
#define has_slot (spare != 0 || !SLOTS)
/* Tickets changed the row without asking while the base ran. An order of this version needs every such event to have arrived */
#define rows_arrived(k) (!UPGRADE || base || m(order_before_rows) || t_revision[k] <= offer[k])

#define read_before (m(compared_before) || m(active_read_before) || m(slot_read_before))

proctype Buyer(byte o) {
	byte k, r;
#if read_before
	byte on, seen, chosen;
#endif
end:	do
	/* orders a ticket at a revision that a page shows or has shown. One transaction at orders: the replica row is locked and
	 * compared with what was shown, and the order is inserted. That overdue orders end first is a step of Orders before it */
	:: atomic { o_status[o] == absent && turn(o) ->
		select(k : 0 .. TICKETS - 1); select(r : 1 .. NUMBERS);
#if m(next_order_ends_secured)
		for (i : 0 .. ORDERS - 1) { if :: live(i) && o_ticket[i] == k -> end_order(i, cancelled) :: else fi };
#elif m(slot_ends_secured)
		for (i : 0 .. ORDERS - 1) { if :: live(i) && buyer(i) == buyer(o) -> end_order(i, cancelled) :: else fi };
#endif
		look_for_slot(o); look_for_active(k);
		if
		:: public[at(k, r)] && same_offer(k, r) && nobody_has(k) && has_slot && rows_arrived(k) ->
			insert(o, k, r);
#if UPGRADE
			old[o] = base
#endif
		:: else
		fi; k = 0; r = 0 }
#if read_before
	/* everything is read first; the transaction then trusts one thing that was read */
	:: atomic { o_status[o] == absent && turn(o) && seen == 0 ->
		select(k : 0 .. TICKETS - 1); select(r : 1 .. NUMBERS);
		look_for_slot(o); look_for_active(k);
		if
		:: public[at(k, r)] && same_offer(k, r) && nobody_has(k) && has_slot -> on = k; seen = r; chosen = spare
		:: else
		fi; k = 0; r = 0 }
	:: d_step { o_status[o] == absent && seen != 0 ->
		look_for_slot(o); look_for_active(on);
		if
		:: (same_offer(on, seen) || m(compared_before)) && (nobody_has(on) || m(active_read_before)) &&
		   (has_slot || m(slot_read_before)) ->
			if :: m(slot_read_before) -> spare = chosen :: else fi;
			insert(o, on, seen)
		:: else
		fi; on = 0; seen = 0; chosen = 0 }
#endif
	/* pays. Payments takes an authorisation for an order that it knows to await payment, and once */
	:: d_step { pr[o] == 1 && charge[o] == absent ->
		charge[o] = created;
#if UPGRADE
		old_charge[o] = base
#endif
		}
	/* gets the money of a sale back: a problem, a show that is cancelled, a dispute */
	:: d_step { !base && charge[o] == captured && o_status[o] != cancelled -> charge[o] = refunded; bank[o] = back }
#ifdef LIVE
	:: d_step { true -> skip }   /* does nothing, for as long as it likes */
#endif
	od
}

/* ---- the orders service ---- */

/* the event of the authorisation may come after the void */
#define was_authorised(o) (charge[o] == authorised || charge[o] == voided)

/* what concerns one order */
proctype Orders(byte o) {
#if m(cancel_read_before)
	bool seen;
#endif
end:	do
	/* the buyer gives up, or the hold runs out (hint, sweep, the next order of the ticket or the buyer): not once it is secured */
#if m(hold_is_not_swept)
	:: d_step { live(o) && !secured[o] && pr[o] == 0 -> end_order(o, cancelled) }
#else
	:: d_step { live(o) && (!secured[o] || m(hold_ends_secured)) -> end_order(o, cancelled) }
#endif
#if m(cancel_read_before)
	:: d_step { live(o) && !secured[o] && !seen -> seen = true }
	:: d_step { live(o) && seen -> seen = false; end_order(o, cancelled) }
#endif
#if UPGRADE
	/* a version of the ticket comes that is locked for the order */
	:: d_step { o_status[o] == created && t_holder[o_ticket[o]] == o -> o_status[o] = awaiting }
#endif
	/* events of the charge. They change no order that has ended */
	:: d_step { !base && was_authorised(o) && o_status[o] == awaiting && !secured[o] ->
		secured[o] = true;
		if :: m(slot_freed_by_secured) -> slot[o] = 0 :: else fi;
		if :: m(completed_unpaid) -> end_order(o, completed) :: else fi }
#if m(secures_ended)
	:: d_step { charge[o] == authorised && o_status[o] == cancelled && !secured[o] -> secured[o] = true }
#elif m(authorised_revives)
	:: d_step { charge[o] == authorised && o_status[o] == cancelled && !secured[o] -> secured[o] = true; o_status[o] = awaiting }
#endif
	:: d_step { charge[o] == captured && live(o) -> end_order(o, completed) }
	:: d_step { charge[o] == failed && live(o) && !m(failure_is_ignored) -> end_order(o, cancelled) }
	:: d_step { charge[o] == voided && live(o) && !m(void_is_ignored) -> end_order(o, cancelled) }
	:: d_step { charge[o] == refunded && (live(o) || o_status[o] == completed) && !m(refund_is_ignored) ->
		if :: m(refund_cancels) -> end_order(o, cancelled) :: else -> end_order(o, returned) fi }
	od
}

#define may_accept(k) (!busy || (busy == created && m(accepts_over_created)) || (busy == awaiting && m(accepts_over_hold)) || \
	(busy == completed && m(accepts_over_sale)) || (busy == returned && m(accepts_over_returned)) || \
	(wants[at(k, decided[k])] == withdrawal && m(withdraws_over_hold)))

#if m(undecided_while_held)
#define has(o, k) ((o) < ORDERS && active((o) % ORDERS) && o_ticket[(o) % ORDERS] == k)
#define may_decide(k) (!has(0, k) && !has(1, k) && !has(2, k))
#elif m(first_row_not_decided)
#define may_decide(k) (t_proposal[k] != missed)
#else
#define may_decide(k) true
#endif

/* A version of the ticket with revision `row` comes. A revision that is new here is the base's, and final; it ends an order that
 * asks for a lock at an older one. The revisions of this version are known here before tickets has them */
inline hear_row(k) {
	if :: offer[k] == 0 -> offer[k] = 1 :: else fi;
#if UPGRADE
	if
	:: row > offer[k] ->
		offer[k] = row; decided[k] = row; applied[k] = row;
		offer_withdrawn[k] = (wants[at(k, row)] == withdrawal);
		for (i : 0 .. ORDERS - 1) {
			if
			:: o_status[i] == created && o_ticket[i] == k && t_holder[k] != i && row > o_revision[i] &&
			   !m(created_not_ended) -> end_order(i, cancelled)
			:: else
			fi
		}
	:: else
	fi
#endif
}

/* what concerns one listing: its replica row is locked, as by an order */
proctype Listing(byte k) {
#if m(decided_on_a_read)
	bool nobody;
#elif m(first_row_not_decided)
	byte missed;
#elif m(older_row_is_offer)
	byte r;
#endif
end:	do
	/* the first version of the listing comes */
	:: d_step { offer[k] == 0 && public[at(k, 1)] -> offer[k] = 1 }
#if m(first_row_not_decided)
	:: d_step { offer[k] == 0 && public[at(k, 1)] -> offer[k] = 1; missed = t_proposal[k] }
#endif
#if UPGRADE
	/* the next of the base's, or the newest */
	:: d_step { offer[k] != 0 && t_revision[k] > offer[k] -> row = offer[k] + 1; hear_row(k) }
	:: d_step { t_revision[k] > offer[k] -> row = t_revision[k]; hear_row(k) }
#endif
#if m(decided_on_a_read)
	:: d_step { t_proposal[k] > decided[k] && !nobody -> look_for_active(k); nobody = !busy }
#endif
	/* a version comes with a proposal that is newer than the last decided */
	:: d_step { t_proposal[k] > decided[k] && may_decide(k) ->
		row = t_revision[k]; hear_row(k);
		look_for_active(k);
#if m(decided_on_a_read)
		if :: nobody -> busy = 0 :: else fi; nobody = false;
#endif
		decided[k] = t_proposal[k]; accepted[k] = may_accept(k);
		if
		:: wants[at(k, decided[k])] == change && (accepted[k] || m(refused_is_offer)) && !m(change_not_stored) ->
			offer[k] = decided[k]
		:: wants[at(k, decided[k])] == withdrawal && accepted[k] && !m(withdrawal_not_stored) -> offer_withdrawn[k] = true
		:: else
		fi }
#if m(decides_again)
	:: d_step { t_last[k] > 1 && decided[k] == t_last[k] && !accepted[k] ->
		look_for_active(k);
		if
		:: !busy && wants[at(k, decided[k])] == change -> accepted[k] = true; offer[k] = decided[k]
		:: !busy && wants[at(k, decided[k])] == withdrawal -> accepted[k] = true; offer_withdrawn[k] = true
		:: else
		fi }
#elif m(older_row_is_offer)
	:: atomic { offer[k] != 0 -> select(r : 1 .. NUMBERS); if :: public[at(k, r)] -> offer[k] = r :: else fi; r = 0 }
#elif m(newer_row_is_offer)
	/* a version that tickets made for another reason, such as a holder */
	:: d_step { offer[k] > t_revision[k] && t_holder[k] != NONE -> offer[k] = t_revision[k] }
#elif m(newer_row_is_listed)
	:: d_step { offer_withdrawn[k] && t_status[k] == listed && t_holder[k] != NONE -> offer_withdrawn[k] = false }
#endif
	od
}

/* ---- the tickets service ---- */

proctype Seller(byte k) {
end:	do
	/* proposes a change or the withdrawal, one at a time. The courtesy that refuses at once while the ticket is known to be held
	 * is left out: orders decides */
	:: atomic { !base && edits < EDITS && (t_proposal[k] == 0 || m(second_proposal)) && t_status[k] == listed ->
		edits++;
		if :: m(number_again) -> t_last[k] = t_revision[k] + 1 :: else -> t_last[k]++ fi;
		t_proposal[k] = t_last[k];
		if
		:: wants[at(k, t_last[k])] = change;
			if :: m(changes_unasked) -> t_revision[k] = t_last[k]; public[at(k, t_last[k])] = true :: else fi
		:: wants[at(k, t_last[k])] = withdrawal;
			if :: m(withdraws_unasked) -> t_status[k] = withdrawn :: else fi
		fi }
#if UPGRADE
	/* changes or withdraws at once, as long as tickets has locked the ticket for nobody; both are revisions */
	:: atomic { base && edits < EDITS && t_holder[k] == NONE && t_status[k] == listed ->
		edits++; t_last[k]++;
		t_revision[k] = t_last[k]; old_last[k] = t_last[k]; public[at(k, t_last[k])] = true;
		if
		:: wants[at(k, t_last[k])] = change
		:: wants[at(k, t_last[k])] = withdrawal; t_status[k] = withdrawn
		fi }
#endif
#ifdef LIVE
	:: d_step { true -> skip }   /* does nothing, for as long as it likes */
#endif
	od
}

inline apply(k, number) {
	if
	:: wants[at(k, number)] == change -> t_revision[k] = number; public[at(k, number)] = true
	:: wants[at(k, number)] == withdrawal -> t_status[k] = withdrawn
	fi
}

proctype Tickets(byte k) {
	d_step { public[at(k, 1)] = true };
end:	do
	/* the newest decision comes */
	:: d_step { decided[k] > applied[k] && (!m(decision_waits_for_holder) || t_holder[k] == NONE) ->
		applied[k] = decided[k];
		if
		:: t_proposal[k] == decided[k] ->
			if :: accepted[k] || m(applies_refused) -> apply(k, decided[k]) :: else fi;
			if :: m(refusal_keeps_proposal) && !accepted[k] :: else -> t_proposal[k] = 0 fi
		:: else
		fi;
#if !m(decides_again) && !m(applies_any_decision)
		/* no longer of interest */
		wants[at(k, decided[k])] = 0; accepted[k] = false
#endif
		}
#if m(applies_any_decision)
	/* an older decision comes again, and is taken for the answer to the proposal that is open */
	:: d_step { decided[k] > 1 && decided[k] == applied[k] && t_proposal[k] > decided[k] ->
		if :: accepted[k] -> apply(k, t_proposal[k]) :: else fi; t_proposal[k] = 0 }
#endif
	od
}

/* To an order of the base the holder is a lock, which the base's rules grant. To others it is what is displayed */
#define granted(o, k) (!old(o) || (t_status[k] == listed && (t_revision[k] == o_revision[o] || m(grants_any_revision))))
#define remembered(o) (tr[o] == 1 || (tr[o] == 2 && m(release_gives_ended)))
#define waits_for(o, k) (remembered(o) && o_ticket[o] == k && granted(o, k) && !m(release_forgets_waiting))
#define waits(o, k) ((o) < ORDERS && waits_for((o) % ORDERS, k))

/* what tickets does with the events of one order */
proctype Holder(byte o) {
	byte k;
end:	do
	:: d_step { o_status[o] != absent && (tr[o] < 1 || (tr[o] == 2 && m(late_order_holds))) ->
		k = o_ticket[o];
		if :: tr[o] < 1 -> tr[o] = 1 :: else fi;
		if :: (t_holder[k] == NONE || m(order_takes_over)) && granted(o, k) -> t_holder[k] = o :: else fi;
		k = 0 }
	:: d_step { done(o) && tr[o] < 2 ->
		k = o_ticket[o];
		tr[o] = 2; t_status[k] = sold;
		if :: m(sold_keeps_holder) :: else -> t_holder[k] = o fi;
		k = 0 }
	:: atomic { o_status[o] == cancelled && tr[o] < 2 ->
		k = o_ticket[o];
		tr[o] = 2;
		if
		:: t_holder[k] == o || m(release_any_holder) ->
			t_holder[k] = NONE;
			/* one whose order came while this one was still thought to hold the ticket */
			if
			:: waits(0, k) -> t_holder[k] = 0
			:: waits(1, k) -> t_holder[k] = 1
			:: waits(2, k) -> t_holder[k] = 2
			:: else
			fi
		:: else
		fi; k = 0 }
#if m(returned_is_listed)
	:: d_step { o_status[o] == returned && tr[o] == 2 && t_status[o_ticket[o]] == sold ->
		t_status[o_ticket[o]] = listed; t_holder[o_ticket[o]] = NONE }
#endif
	od
}

/* ---- the payments service, and the bank ---- */

hidden byte money_as_decided;

#define may_capture(o) ((pr[o] == 2 || (pr[o] == 1 && m(captures_unsecured)) || (pr[o] == 3 && m(captures_ended))) && \
	!(m(capture_once) && lost))
#define may_void(o) ((pr[o] == 1 || pr[o] == 3 || (pr[o] == 2 && m(voids_secured))) && \
	!(m(void_once) && lost))
#define may_learn (!(m(crash_leaves_charge) && lost))

proctype Payments(byte o) {
#if m(void_once) || m(capture_once) || m(crash_leaves_charge)
	bool lost;
#else
#define lost false
#endif
end:	do
	/* events of the order */
	:: d_step { pr[o] < 1 && (old(o) -> o_status[o] == awaiting : o_status[o] != absent) -> pr[o] = 1 }
	:: d_step { pr[o] < 2 && secured[o] -> pr[o] = 2 }
	:: d_step { pr[o] < 3 && ended(o) ->
		pr[o] = 3;
#if m(void_once)
		lost = (charge[o] != authorised)
#endif
		}
	/* the bank authorises; or the card is refused, or the session expires, for good */
	:: d_step { charge[o] == created && bank[o] == absent -> bank[o] = (old_charge(o) -> taken : held) }
	:: d_step { charge[o] == created && bank[o] == absent -> bank[o] = over }
	/* payments learns of it: by the answer, by a webhook, or by reading the intent after a crash */
	:: d_step { charge[o] == created && bank[o] == held && may_learn -> charge[o] = authorised }
	:: d_step { charge[o] == created && bank[o] == over && may_learn -> charge[o] = failed }
	/* the order is secured: the capture is asked for until the bank answers. It may refuse for good */
	:: d_step { charge[o] == authorised && may_capture(o) && bank[o] == held -> bank[o] = taken }
	:: d_step { charge[o] == authorised && may_capture(o) && bank[o] == held -> bank[o] = over }
	:: d_step { charge[o] == authorised && bank[o] == taken -> charge[o] = captured }
	:: d_step { charge[o] == authorised && pr[o] == 2 && bank[o] == over -> charge[o] = failed }
	/* the order has ended: the void is asked for until the bank answers. So it is long after the deadline when no word of the
	 * order has come. The word may come while the bank is asked, and another program capture: the bank does what comes first */
#if m(refused_void_is_done)
	:: d_step { charge[o] == authorised && bank[o] == taken -> charge[o] = voided }
#endif
	:: d_step { charge[o] == authorised && may_void(o) && bank[o] == held ->
		bank[o] = over; money_as_decided = (pr[o] != 2); assert(money_as_decided) }
	:: d_step { charge[o] == authorised && may_void(o) && bank[o] == over -> charge[o] = voided }
#if UPGRADE
	/* a charge of the base */
	:: d_step { charge[o] == created && bank[o] == taken -> charge[o] = captured }
	:: d_step { charge[o] == captured && old_charge(o) && pr[o] == 3 && o_status[o] == cancelled &&
		    (base || !m(late_money_is_kept)) -> charge[o] = refunded; bank[o] = back }
#endif
#if m(capture_once) || m(crash_leaves_charge)
	:: d_step { charge[o] == (m(capture_once) -> authorised : created) && !lost -> lost = true }
#elif m(no_answer_is_failed)
	:: d_step { charge[o] == created && bank[o] == held -> charge[o] = failed }
#elif m(no_answer_is_refused)
	:: d_step { charge[o] == authorised && pr[o] == 2 && bank[o] == taken -> charge[o] = failed }
#elif m(no_answer_is_captured)
	:: d_step { charge[o] == authorised && pr[o] == 2 && bank[o] == held -> charge[o] = captured }
#elif m(no_answer_is_voided)
	:: d_step { charge[o] == authorised && pr[o] == 3 && bank[o] == held -> charge[o] = voided }
#endif
	od
}

/* ---- what must happen, as long as every program goes on ---- */

#define money_open(o) (charge[o] == created || charge[o] == authorised || bank[o] == held || (bank[o] == taken && o_status[o] == cancelled))
#define misplaced(o) ((active(o) && t_holder[0] != o) || (o_status[o] == cancelled && t_holder[0] == o) || \
	(done(o) && t_status[0] != sold) || (charge[o] == refunded && o_status[o] != returned && !old_charge(o)))
#define last (ORDERS - 1)

#ifdef LIVE
/* every proposal is decided, and the decision is applied */
ltl decides { [] (t_proposal[0] != 0 -> <> (t_proposal[0] == 0)) }
/* every authorisation is captured or voided, and no money is kept for an order that ended without a sale */
ltl charges { [] ((money_open(0) -> <> !money_open(0)) && (money_open(last) -> <> !money_open(last))) }
/* no order stays live, secured or not */
ltl holds { [] ((live(0) -> <> !live(0)) && (live(last) -> <> !live(last))) }
/* at last nothing is open, and tickets and orders agree for good */
ltl settles { <> [] (t_proposal[0] == 0 && !money_open(0) && !money_open(last) && !live(0) && !live(last) &&
	!misplaced(0) && !misplaced(last) && t_revision[0] == offer[0] && (t_status[0] == withdrawn) == offer_withdrawn[0]) }
#else

/* ---- what must hold ---- */

hidden byte one_active, terms_as_seen, display_as_decided, slots_counted, settled, quiet;
#define must(name, condition) if :: (condition) :: else -> name = false fi
#define waiting_for(condition) if :: (condition) -> quiet = false :: else fi
#define kept(o) (live(o) || o_status[o] == completed)
#define ticket(o) o_ticket[o]

/* looks at each state, and changes none */
proctype Watch() {
end:	do
	:: d_step {
		one_active = true; terms_as_seen = true; money_as_decided = true; display_as_decided = true; slots_counted = true;
		quiet = true; settled = true;
		for (i : 0 .. ORDERS - 1) {
			for (n : 0 .. ORDERS - 1) {
				must(one_active, n == i || !active(n) || !active(i) || ticket(n) != ticket(i));
#if SLOTS
				must(slots_counted, n == i || buyer(n) != buyer(i) || slot[n] != slot[i] || slot[i] == 0)
#endif
			}
			/* a slot is held by the live orders alone */
#if SLOTS
			must(slots_counted, (slot[i] != 0) == live(i) && slot[i] <= SLOTS);
#endif
			/* a sale is at the terms that its buyer saw and that orders last accepted, and nothing is accepted over it */
			if
			:: active(i) && o_status[i] != created ->
				must(terms_as_seen, o_revision[i] == shown[i] && o_revision[i] == offer[ticket(i)] && !offer_withdrawn[ticket(i)]);
				must(terms_as_seen, t_revision[ticket(i)] <= o_revision[i] && t_status[ticket(i)] != withdrawn)
			:: else
			fi;
			/* money is taken for a secured order alone, which is then completed: none comes back for being late. What the
			 * charge says at its end is so at the bank */
			if
			:: old_charge(i)
			:: else ->
				must(money_as_decided, (bank[i] != taken && charge[i] != captured) || (secured[i] && kept(i)));
				must(money_as_decided, charge[i] != refunded || (secured[i] && active(i)));
				must(money_as_decided, charge[i] != voided || live(i) || o_status[i] == cancelled);
				must(money_as_decided, !done(i) || charge[i] == captured || charge[i] == refunded);
				must(money_as_decided, (charge[i] != failed && charge[i] != voided) || bank[i] == over);
				must(money_as_decided, charge[i] != captured || bank[i] == taken)
			fi;
			/* an event of the order or of its charge is under way, or the bank or payments has something to do */
			waiting_for(o_status[i] != absent && (tr[i] < 1 || (pr[i] < 1 && o_status[i] != created)));
			waiting_for(ended(i) && (tr[i] < 2 || pr[i] < 3));
			waiting_for(secured[i] && pr[i] < 2);
			waiting_for(charge[i] == created || (charge[i] == authorised && (pr[i] >= 2 || (live(i) && !secured[i]))));
			waiting_for(live(i) && (charge[i] == captured || charge[i] == failed || charge[i] == voided));
			waiting_for(kept(i) && charge[i] == refunded);
			waiting_for(o_status[i] == created && t_holder[ticket(i)] == i);
			waiting_for(old_charge(i) && charge[i] == captured && o_status[i] == cancelled && !m(late_money_is_kept))
		}
		for (n : 0 .. TICKETS - 1) {
			/* what is shown was accepted, or is of the base; what was refused is never shown; a ticket is sold to somebody */
			must(display_as_decided, t_revision[n] <= offer[n] || offer[n] == 0 || t_revision[n] <= old_last(n));
			must(display_as_decided, t_status[n] != withdrawn || offer_withdrawn[n] || t_revision[n] <= old_last(n));
			must(display_as_decided, t_status[n] != sold || t_holder[n] < ORDERS);
			if :: t_status[n] == sold && t_holder[n] < ORDERS -> must(display_as_decided, done(t_holder[n])) :: else fi;
			/* an event of the ticket or a decision is under way */
			waiting_for(offer[n] == 0 || t_proposal[n] > decided[n] || decided[n] > applied[n]);
			waiting_for(t_revision[n] > offer[n] && t_revision[n] <= old_last(n))
		}
		/* nothing is under way: no proposal is open, tickets shows what orders decided and who has the ticket, no order is left
		 * secured, no money is kept for an order that was not completed */
		for (n : 0 .. TICKETS - 1) {
			must(settled, t_proposal[n] == 0 && t_revision[n] == offer[n] && (t_status[n] == withdrawn) == offer_withdrawn[n]);
			if :: t_holder[n] != NONE -> must(settled, active(t_holder[n])) :: else fi
		}
		for (i : 0 .. ORDERS - 1) {
			must(settled, !active(i) || t_holder[ticket(i)] == i);
			must(settled, !done(i) || t_status[ticket(i)] == sold);
			must(settled, o_status[i] != created && !(live(i) && secured[i]));
			must(settled, bank[i] != taken || o_status[i] == completed);
			must(settled, bank[i] != held || (live(i) && !secured[i]));
			must(settled, charge[i] != refunded || o_status[i] == returned || (old_charge(i) && o_status[i] == cancelled))
		}
		assert(one_active); assert(terms_as_seen); assert(money_as_decided); assert(display_as_decided); assert(slots_counted);
		assert(settled || !quiet) }
	od
}
#endif

#if UPGRADE
proctype Upgrade() { base -> base = false }
#endif

init { atomic {
#if UPGRADE
	run Upgrade();
#endif
	for (i : 0 .. TICKETS - 1) { run Listing(i); run Tickets(i); run Seller(i) }
	for (i : 0 .. ORDERS - 1) { run Buyer(i); run Orders(i); run Holder(i); run Payments(i) }
#ifndef LIVE
	run Watch()
#endif
} }
