#ifndef STAGEDOOR_SCHEMA_SERVICES_H
#define STAGEDOOR_SCHEMA_SERVICES_H

/*
 * The list of services (services.def). SERVICE_orders, …; a service that is not in the list does not compile.
 */
#define SERVICE(name, database, web, events) SERVICE_##name,
enum service {
#include "common/schema/services.def"
	SERVICES
};
#undef SERVICE

/* How many have what. */
#define YES +1
#define NO
#define SERVICE(name, database, web, events) database
enum {
	SERVICES_WITH_DATABASE = 0
#include "common/schema/services.def"
};
#undef SERVICE
#define SERVICE(name, database, web, events) web
enum {
	SERVICES_WITH_WEB = 0
#include "common/schema/services.def"
};
#undef SERVICE
#define SERVICE(name, database, web, events) events
enum {
	SERVICES_WITH_EVENTS = 0
#include "common/schema/services.def"
};
#undef SERVICE
#undef YES
#undef NO

/* Their names: of all, by enum service, and of those that have a database, a pool, events to consume. In the
 * order of the list; NULL ends each. */
extern const char *const services[SERVICES + 1];
extern const char *const services_with_database[SERVICES_WITH_DATABASE + 1];
extern const char *const services_with_web[SERVICES_WITH_WEB + 1];
extern const char *const services_with_events[SERVICES_WITH_EVENTS + 1];

#endif
