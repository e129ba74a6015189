#include "common/schema/services.h"
#include <stddef.h>

#define YES(name) name,
#define NO(name)

#define SERVICE(name, database, web, events) #name,
const char *const services[] = {
#include "common/schema/services.def"
    NULL};
#undef SERVICE

#define SERVICE(name, database, web, events) database(#name)
const char *const services_with_database[] = {
#include "common/schema/services.def"
    NULL};
#undef SERVICE

#define SERVICE(name, database, web, events) web(#name)
const char *const services_with_web[] = {
#include "common/schema/services.def"
    NULL};
#undef SERVICE

#define SERVICE(name, database, web, events) events(#name)
const char *const services_with_events[] = {
#include "common/schema/services.def"
    NULL};
#undef SERVICE
