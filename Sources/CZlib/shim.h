/* zlib for Swift: its own interface is enough. */
#include <zlib.h>
