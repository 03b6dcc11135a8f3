/*
 * libxsmm for Swift: matrix products whose code is generated for the processor at hand.
 *
 * Kernels are C functions without a prototype, which Swift cannot call; hence the inline functions here.
 */
#ifndef BLOCKSKIM_CLIBXSMM_SHIM_H
#define BLOCKSKIM_CLIBXSMM_SHIM_H

#include <libxsmm.h>

#endif
