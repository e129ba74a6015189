#ifndef STAGEDOOR_APP_ROLES_H
#define STAGEDOOR_APP_ROLES_H

#include "common/app/app.h"

/* The roles that app_main starts. Each runs until *stop (the web role takes its signals itself) and returns
 * an exit status. */
int role_web(const struct app *app, const struct config *config);
int role_events(const struct app *app, const struct config *config, const atomic_bool *stop);
int role_relay(const struct app *app, const struct config *config, const atomic_bool *stop);
int role_jobs(const struct app *app, const struct config *config, const atomic_bool *stop);

/* A connection to the service's own database, or broker, by the settings. */
struct db *role_db(const struct config *config);
struct bus *role_bus(const struct config *config);

/*
 * Sessions that were ended before their time (table session_revoked, filled by the event session.revoked, or
 * by auth itself). revoked_store: a handler for session_revoked. revoked_reload reads the live ones
 * into the process's set (the web role calls it every 2 s); revoked_has asks the set, from any thread.
 */
err revoked_store(struct db *db, const struct session_end *end) NODISCARD;
err revoked_reload(struct db *db) NODISCARD;
bool revoked_has(const struct session *session);

#endif
