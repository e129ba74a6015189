#include "common/base/text.h"
#include "contract/documents.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Writes the documents of the contract, made from the lists: contract FRAME FOLDER
 *
 *   FRAME    contract/events.md, the text around the tables of EVENTS.md
 *   FOLDER   gets EVENTS.md, asyncapi.yaml, openapi.yaml, schemas/<type>.json, PRIVACY.md and events.dot, the
 *            source of events.svg
 */

enum { FRAME_MAX = 256 * 1024 };

static bool made_folder(const char *path)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return true;
	perror(path);
	return false;
}

static bool written(struct arena *a, const char *folder, const char *name, const char *text)
{
	const char *path = arena_printf(a, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	bool done;

	if (f == NULL) {
		perror(path);
		return false;
	}
	done = fputs(text, f) >= 0;
	if (fclose(f) != 0 || !done) {
		perror(path);
		return false;
	}
	return true;
}

static bool wrote_schemas(struct arena *a, const char *folder)
{
	if (!made_folder(arena_printf(a, "%s/schemas", folder)))
		return false;
	for (size_t i = 0; events[i] != NULL; i++)
		if (!written(a, folder, arena_printf(a, "schemas/%s.json", events[i]->type),
			     document_schema(a, events[i])))
			return false;
	return true;
}

static bool wrote_all(struct arena *a, const char *frame_path, const char *folder)
{
	char *frame;

	if (text_read_file(a, frame_path, FRAME_MAX, &frame) != OK) {
		fprintf(stderr, "contract: %s cannot be read\n", frame_path);
		return false;
	}
	return made_folder(folder) && wrote_schemas(a, folder) &&
	       written(a, folder, "EVENTS.md", document_handbook(a, frame)) &&
	       written(a, folder, "PRIVACY.md", document_privacy(a)) &&
	       written(a, folder, "events.dot", document_graph(a)) &&
	       written(a, folder, "asyncapi.yaml", document_asyncapi(a)) &&
	       written(a, folder, "openapi.yaml", document_openapi(a));
}

int main(int argc, char **argv)
{
	struct arena *a;
	bool done;

	if (argc != 3) {
		fprintf(stderr, "usage: contract FRAME FOLDER\n");
		return 2;
	}
	a = arena_new();
	done = wrote_all(a, argv[1], argv[2]);
	arena_free(a);
	return done ? 0 : 1;
}
