/* The part of libxml2's interface that is used, declared here so that building needs no headers of it.
   Scripts/check-libxml2.sh compares it with those. */
#ifndef LIBXML2_H
#define LIBXML2_H

/* xmlSAXHandler; what is not called by this module's parser stands as void *. */
typedef struct {
    void *before_start_element[14];
    void (*start_element)(void *reader, const unsigned char *name, const unsigned char **attributes);
    void (*end_element)(void *reader, const unsigned char *name);
    void *reference;
    void (*characters)(void *reader, const unsigned char *bytes, int count);
    void (*ignorable_whitespace)(void *reader, const unsigned char *bytes, int count);
    void *before_cdata_block[6];
    void (*cdata_block)(void *reader, const unsigned char *bytes, int count);
    void *external_subset;
    unsigned int initialized;
    void *after_initialized[4];
} sax_handler;

/* xmlCharEncoding */
enum { ENCODING_UTF8 = 1 };
/* htmlParserOption */
enum {
    OPTION_RECOVER = 1,
    OPTION_NO_ERROR = 1 << 5,
    OPTION_NO_WARNING = 1 << 6,
    OPTION_NO_NETWORK = 1 << 11,
    OPTION_IGNORE_ENCODING = 1 << 21
};
/* xmlParserErrors */
enum { ERROR_NO_MEMORY = 2 };

typedef void (*init_parser)(void);
/* A name, where one is given, stands in errors only. */
typedef void *(*create_push_parser)(
    sax_handler *handler, void *reader, const char *bytes, int count, const char *name, int encoding
);
typedef int (*use_options)(void *parser, int options);
typedef int (*parse_chunk)(void *parser, const char *bytes, int count, int is_last);
typedef void (*free_parser)(void *parser);

#endif
