#ifndef BLOCKSKIM_SOFTMAX_H
#define BLOCKSKIM_SOFTMAX_H

#include <stddef.h>

/*
 * Softmax over each of `count` rows of `width` values, in place: exp(x - max) / sum. Relative error below 1e-6. What a row
 * gives depends on nothing but the row.
 */
void blockskim_softmax(float *rows, size_t count, size_t width);

#endif
