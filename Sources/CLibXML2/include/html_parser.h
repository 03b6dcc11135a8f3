/* HTML, from front to back, by libxml2, which is opened when the first page is read: a program that reads none needs
   neither the library nor the time that loading it takes. */
#ifndef HTML_PARSER_H
#define HTML_PARSER_H

/* A libxml2 that was opened. */
typedef struct html_library html_library;

/* What a page consists of, in the order of the page. Names are lower-case and end with a NUL; text is UTF-8 and does
   not. Every element that is opened is closed. */
typedef struct {
    void (*opens)(void *reader, const char *name);
    void (*closes)(void *reader, const char *name);
    void (*text)(void *reader, const char *bytes, int count);
} html_events;

/* Opens a library by the first of the names that there is; NULL when there is none that can be used. It stays open. */
const html_library *html_library_open(const char *const *names, int count);

/* Reports a page, UTF-8 whatever it says of itself. Returns 0, or 1 when the memory is exhausted. */
int html_parse(
    const html_library *library, const char *bytes, int count, const html_events *events, void *reader
);

#endif
