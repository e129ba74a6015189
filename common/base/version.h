#ifndef STAGEDOOR_BASE_VERSION_H
#define STAGEDOOR_BASE_VERSION_H

/* The release: what the published documents say they are of. Semantic versioning (semver.org). */
#define STAGEDOOR_VERSION "1.0.0"

#endif
