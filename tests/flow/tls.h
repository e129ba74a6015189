#ifndef STAGEDOOR_TESTS_FLOW_TLS_H
#define STAGEDOOR_TESTS_FLOW_TLS_H

/* The site under https, as an installation has it: the same nginx configuration with a certificate of the
 * test's own, and the web programs of auth and tickets with an https address as their SITE_URL, on the
 * stack's databases. */
const char *tls_site_begin(void); /* its address; it ends with the test at the latest */
void tls_site_end(void);

#endif
