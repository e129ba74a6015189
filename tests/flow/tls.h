#ifndef STAGEDOOR_TESTS_FLOW_TLS_H
#define STAGEDOOR_TESTS_FLOW_TLS_H

/* The site over https, as in an installation: the same nginx configuration with the test's own certificate,
 * and the web programs of auth and tickets with an https address as their SITE_URL, on the stack's
 * databases. */
const char *tls_site_begin(void); /* returns its address; the site ends with the test at the latest */
void tls_site_end(void);

#endif
