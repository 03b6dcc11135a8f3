/* zlib for Swift: the data set reader inflates gzip files with it. */
#ifndef BLOCKSKIM_CZLIB_SHIM_H
#define BLOCKSKIM_CZLIB_SHIM_H

#include <zlib.h>

#endif
