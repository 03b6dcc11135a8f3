#include "html_parser.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

#include "libxml2.h"

struct html_library {
    create_push_parser create;
    use_options options;
    parse_chunk parse;
    free_parser free;
};

typedef struct {
    const html_events *events;
    void *reader;
} listener;

static void start_element(void *user, const unsigned char *name, const unsigned char **attributes) {
    (void)attributes;
    const listener *to = user;
    to->events->opens(to->reader, (const char *)name);
}

static void end_element(void *user, const unsigned char *name) {
    const listener *to = user;
    to->events->closes(to->reader, (const char *)name);
}

static void characters(void *user, const unsigned char *bytes, int count) {
    const listener *to = user;
    to->events->text(to->reader, (const char *)bytes, count);
}

const html_library *html_library_open(const char *const *names, int count) {
    void *handle = NULL;
    for (int index = 0; index < count && !handle; index++) handle = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    if (!handle) return NULL;
    html_library *library = malloc(sizeof *library);
    init_parser init = (init_parser)dlsym(handle, "xmlInitParser");
    if (library) {
        library->create = (create_push_parser)dlsym(handle, "htmlCreatePushParserCtxt");
        library->options = (use_options)dlsym(handle, "htmlCtxtUseOptions");
        library->parse = (parse_chunk)dlsym(handle, "htmlParseChunk");
        library->free = (free_parser)dlsym(handle, "htmlFreeParserCtxt");
    }
    if (!library || !init || !library->create || !library->options || !library->parse || !library->free) {
        free(library);
        dlclose(handle);
        return NULL;
    }
    init();
    return library;
}

int html_parse(
    const html_library *library, const char *bytes, int count, const html_events *events, void *reader
) {
    listener to = {events, reader};
    sax_handler handler = {
        .start_element = start_element,
        .end_element = end_element,
        .characters = characters,
        .ignorable_whitespace = characters,
        .cdata_block = characters,
    };
    void *parser = library->create(&handler, &to, NULL, 0, NULL, ENCODING_UTF8);
    if (!parser) return 1;
    /* Without OPTION_RECOVER a script ends at the first tag that one of its strings closes. */
    library->options(
        parser,
        OPTION_RECOVER | OPTION_NO_ERROR | OPTION_NO_WARNING | OPTION_NO_NETWORK | OPTION_IGNORE_ENCODING
    );
    int status = library->parse(parser, bytes, count, 0);
    if (status != ERROR_NO_MEMORY) status = library->parse(parser, NULL, 0, 1);
    library->free(parser);
    return status == ERROR_NO_MEMORY;
}
