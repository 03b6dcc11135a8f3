/* Compared by the compiler: what Sources/CLibXML2 declares of libxml2, with libxml2's own headers. */
#include <libxml/HTMLparser.h>
#include <stddef.h>

#include "../Sources/CLibXML2/libxml2.h"

#define SAME_PLACE(ours, theirs) \
    _Static_assert(offsetof(sax_handler, ours) == offsetof(htmlSAXHandler, theirs), #theirs)

_Static_assert(sizeof(sax_handler) == sizeof(htmlSAXHandler), "htmlSAXHandler");
SAME_PLACE(start_element, startElement);
SAME_PLACE(end_element, endElement);
SAME_PLACE(reference, reference);
SAME_PLACE(characters, characters);
SAME_PLACE(ignorable_whitespace, ignorableWhitespace);
SAME_PLACE(cdata_block, cdataBlock);
SAME_PLACE(external_subset, externalSubset);
SAME_PLACE(initialized, initialized);

_Static_assert((int)ENCODING_UTF8 == (int)XML_CHAR_ENCODING_UTF8, "XML_CHAR_ENCODING_UTF8");
_Static_assert((int)OPTION_RECOVER == (int)HTML_PARSE_RECOVER, "HTML_PARSE_RECOVER");
_Static_assert((int)OPTION_NO_ERROR == (int)HTML_PARSE_NOERROR, "HTML_PARSE_NOERROR");
_Static_assert((int)OPTION_NO_WARNING == (int)HTML_PARSE_NOWARNING, "HTML_PARSE_NOWARNING");
_Static_assert((int)OPTION_NO_NETWORK == (int)HTML_PARSE_NONET, "HTML_PARSE_NONET");
_Static_assert((int)OPTION_IGNORE_ENCODING == (int)HTML_PARSE_IGNORE_ENC, "HTML_PARSE_IGNORE_ENC");
_Static_assert((int)ERROR_NO_MEMORY == (int)XML_ERR_NO_MEMORY, "XML_ERR_NO_MEMORY");

/* Functions are compared by assigning them to pointers of their types, with libxml2's structures in place of void. */
typedef htmlParserCtxtPtr (*create_push_parser_check)(
    htmlSAXHandlerPtr, void *, const char *, int, const char *, xmlCharEncoding
);
typedef int (*use_options_check)(htmlParserCtxtPtr, int);
typedef int (*parse_chunk_check)(htmlParserCtxtPtr, const char *, int, int);
typedef void (*free_parser_check)(htmlParserCtxtPtr);
typedef void (*init_parser_check)(void);

create_push_parser_check check_create(void) { return htmlCreatePushParserCtxt; }
use_options_check check_options(void) { return htmlCtxtUseOptions; }
parse_chunk_check check_parse(void) { return htmlParseChunk; }
free_parser_check check_free(void) { return htmlFreeParserCtxt; }
init_parser_check check_init(void) { return xmlInitParser; }
