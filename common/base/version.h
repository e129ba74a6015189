#ifndef STAGEDOOR_BASE_VERSION_H
#define STAGEDOOR_BASE_VERSION_H

/*
 * The release, by Semantic Versioning (semver.org). The one place of the number: the programs' --version and
 * first log line, the published documents, the list of components (make sbom) and the corpus of a release
 * (make corpus) have it from here. CHANGELOG.md has a section for it.
 */
#define STAGEDOOR_VERSION "1.1.0"

#endif
