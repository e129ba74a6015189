/* The routes of all services, one list after another, SERVICE being the name of each. No guard: once a table.
 */
#define SERVICE "auth"
#include "apps/auth/routes.def"
#undef SERVICE
#define SERVICE "tickets"
#include "apps/tickets/routes.def"
#undef SERVICE
#define SERVICE "orders"
#include "apps/orders/routes.def"
#undef SERVICE
#define SERVICE "payments"
#include "apps/payments/routes.def"
#undef SERVICE
